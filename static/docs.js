// Starts Swagger UI on /docs.
"use strict";

const place = document.getElementById("docs");
window.SwaggerUIBundle({ url: place.dataset.openapiUrl, domNode: place, deepLinking: true, validatorUrl: null });
