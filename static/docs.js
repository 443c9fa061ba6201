// Starts Swagger UI on /docs.
"use strict";

const container = document.getElementById("docs");
window.SwaggerUIBundle({
  url: container.dataset.openapiUrl,
  domNode: container,
  deepLinking: true,
  validatorUrl: null,
});
