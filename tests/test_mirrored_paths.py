"""Where the tests of a module are: at its mirrored path, or at the path named here."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Modules, or folders of modules, whose tests are those of what uses them.
COVERED_ELSEWHERE = {
    "app/services/network_sizes.py": "tests/app/services/test_trial_costs.py",
    "app/web/charts/curves.py": "tests/app/routes/test_trial_charts.py",
    "app/web/charts/parallel.py": "tests/app/routes/test_trial_charts.py",
    "app/web/charts/pareto.py": "tests/app/routes/test_trial_charts.py",
    "app/web/views/curves_text.py": "tests/app/routes/test_trial_charts.py",
    "app/web/views/pareto_text.py": "tests/app/routes/test_trial_charts.py",
    "app/__main__.py": "tests/app/test_command_line.py",
    "app/backup/errors.py": "tests/app/backup/test_copying.py",
    "app/db/models/": "tests/test_migrations.py",
    "app/queue/errands.py": "tests/app/queue/test_boards.py",
    "app/queue/delivery_jobs.py": "tests/worker/runs/test_delivering.py",
    "worker/delivery/baseline_members.py": "tests/worker/delivery/test_making.py",
    "worker/delivery/fitted.py": "tests/worker/runs/test_delivering.py",
    "worker/delivery/networks.py": "tests/worker/runs/test_delivering.py",
    "worker/delivery/packing.py": "tests/worker/runs/test_delivering.py",
    "app/web/forms/source.py": "tests/app/routes/test_experiment_form.py",
    "app/web/forms/space_groups.py": "tests/app/routes/test_experiment_form.py",
    "app/web/uploaded_files.py": "tests/app/routes/test_uploads.py",
    "app/web/views/future_text.py": "tests/app/routes/test_futures.py",
    "app/web/charts/futures.py": "tests/app/routes/test_futures.py",
    "app/web/charts/fans.py": "tests/app/routes/test_trial_steps.py",
    "app/web/charts/steps.py": "tests/app/routes/test_trial_steps.py",
    "app/web/views/steps_text.py": "tests/app/routes/test_trial_steps.py",
    "app/web/views/board_section.py": "tests/app/routes/test_baselines.py",
    "app/web/views/baseline_table.py": "tests/app/routes/test_baselines.py",
    "app/db/types.py": "tests/app/queue/test_clock.py",
    "app/domain/filters/": "tests/app/domain/filters/test_parsing.py",
    "app/web/views/view_menu.py": "tests/app/routes/test_views.py",
    "app/services/trial_columns.py": "tests/app/services/test_trial_filters.py",
    "app/domain/custom/hp_calls.py": "tests/app/domain/custom/test_space_reader.py",
    "app/domain/custom/names.py": "tests/app/domain/custom/test_hoisting.py",
    "app/domain/custom/scopes.py": "tests/app/domain/custom/test_space_reader.py",
    "app/domain/custom/searches.py": "tests/app/domain/custom/test_location.py",
    "app/domain/custom/hp_classes.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/custom/hp_conditions.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/custom/hp_expressions.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/search_space/hyperparameter.py": "tests/app/domain/search_space/test_catalogue.py",
    "app/domain/csv_reading/layout/naming.py": (
        "tests/app/domain/csv_reading/layout/test_table_place.py"
    ),
    "app/domain/csv_reading/layout/header.py": (
        "tests/app/domain/csv_reading/test_lines_around_tables.py"
    ),
    "app/domain/csv_reading/layout/header_words.py": (
        "tests/app/domain/csv_reading/encodings/test_legacy_encodings.py"
    ),
    "app/domain/csv_reading/layout/layout_findings.py": (
        "tests/app/domain/csv_reading/test_lines_around_tables.py"
    ),
    "app/domain/csv_reading/layout/name_words.py": (
        "tests/app/domain/csv_reading/layout/test_table_place.py"
    ),
    "app/domain/csv_reading/layout/passed_over.py": (
        "tests/app/domain/csv_reading/layout/test_scan.py"
    ),
    "app/domain/csv_reading/dates/fields.py": "tests/app/domain/csv_reading/dates/test_parsing.py",
    "app/domain/csv_reading/dates/digits.py": "tests/app/domain/csv_reading/dates/test_shapes.py",
    "app/domain/csv_reading/dates/letters.py": "tests/app/domain/csv_reading/dates/test_shapes.py",
    "app/domain/csv_reading/dates/path.py": "tests/app/domain/csv_reading/dates/test_shapes.py",
    "app/domain/csv_reading/several/key_candidates.py": (
        "tests/app/domain/csv_reading/several/test_key_detection.py"
    ),
    "app/domain/csv_reading/several/series_choice.py": (
        "tests/app/domain/csv_reading/several/test_several_series.py"
    ),
    "app/domain/csv_reading/several/series_report.py": (
        "tests/app/domain/csv_reading/several/test_several_series.py"
    ),
    "app/domain/csv_reading/several/transposed.py": (
        "tests/app/domain/csv_reading/several/test_transposed_series.py"
    ),
    "app/domain/csv_reading/several/transposed_layout.py": (
        "tests/app/domain/csv_reading/several/test_transposed_series.py"
    ),
    "app/domain/custom/hp_methods.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/custom/hp_names.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/custom/hp_reader.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/custom/hp_requests.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/custom/hp_scope.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/custom/hp_values.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/custom/hypermodels.py": "tests/app/domain/custom/test_keras_tuner.py",
    "app/domain/custom/parameters.py": "tests/app/domain/custom/test_detection.py",
    "app/domain/hyperopt/changes.py": "tests/app/domain/hyperopt/test_statements.py",
    "app/domain/hyperopt/entries.py": "tests/app/domain/hyperopt/test_import_code.py",
    "app/domain/hyperopt/export_branches.py": "tests/app/domain/hyperopt/test_export_code.py",
    "app/domain/hyperopt/fmin.py": "tests/app/domain/hyperopt/test_syntax.py",
    "app/domain/hyperopt/functions.py": "tests/app/domain/hyperopt/test_statements.py",
    "app/domain/hyperopt/mentions.py": "tests/app/domain/hyperopt/test_statements.py",
    "app/domain/hyperopt/nodes.py": "tests/app/domain/hyperopt/test_calls.py",
    "app/domain/hyperopt/operations.py": "tests/app/domain/hyperopt/test_expressions.py",
    "app/domain/hyperopt/scopes.py": "tests/app/domain/hyperopt/test_statements.py",
    "app/domain/importance/comparison.py": "tests/app/domain/importance/test_importance.py",
    "app/domain/literals/budget.py": "tests/app/domain/custom/test_literals.py",
    "app/domain/literals/calls.py": "tests/app/domain/literals/test_evaluator.py",
    "app/domain/literals/functions.py": "tests/app/domain/literals/test_evaluator.py",
    "app/domain/literals/grids.py": "tests/app/domain/literals/test_evaluator.py",
    "app/domain/pasting/": "tests/app/domain/test_warm_start.py",
    "app/domain/runs.py": "tests/worker/runs/test_runner.py",
    "app/domain/terms.py": "tests/app/domain/test_states.py",
    "app/errors.py": "tests/app/web/test_error_handlers.py",
    "app/memory.py": "tests/worker/test_watchdog.py",
    "app/outcomes.py": "tests/worker/slots/test_pool.py",
    "app/queue/logs.py": "tests/app/queue/test_recording.py",
    "app/queue/programs.py": "tests/app/commands/test_programs.py",
    "app/queue/readability.py": "tests/faults/test_damaged_experiments.py",
    "app/queue/row_checks.py": "tests/faults/test_damaged_experiments.py",
    "app/queue/unreadable.py": "tests/faults/test_damaged_experiments.py",
    "app/queue/warm_start.py": "tests/app/services/test_warm_start.py",
    "app/routes/access.py": "tests/app/web/test_auth.py",
    "app/routes/api/": "tests/app/routes/api/test_api.py",
    "app/routes/docs.py": "tests/app/routes/test_pages.py",
    "app/routes/health.py": "tests/app/routes/test_pages.py",
    "app/routes/home.py": "tests/app/routes/test_pages.py",
    "app/schemas.py": "tests/app/routes/api/test_api.py",
    "app/services/experiment_control.py": "tests/app/queue/test_lifecycle.py",
    "app/services/experiments.py": "tests/app/services/test_warm_start.py",
    "app/services/paging.py": "tests/app/services/test_datasets.py",
    "app/services/reader_process.py": "tests/app/services/test_file_reader.py",
    "app/services/unreadable.py": "tests/app/web/test_unreadable.py",
    "app/services/validation.py": "tests/app/web/forms/test_draft.py",
    "app/web/reports.py": "tests/app/routes/test_reports.py",
    "app/web/access_guard.py": "tests/app/web/test_auth.py",
    "app/web/dependencies.py": "tests/app/routes/test_experiment_actions.py",
    "app/web/forms/experiment.py": "tests/app/web/forms/test_draft.py",
    "app/web/forms/fields.py": "tests/app/web/forms/test_space_editor.py",
    "app/web/forms/labels.py": "tests/app/web/forms/test_draft.py",
    "app/web/forms/points.py": "tests/app/web/forms/test_draft.py",
    "app/web/forms/search_preview.py": "tests/app/routes/test_experiment_form.py",
    "app/web/charts/objective_numbers.py": "tests/app/web/charts/test_trials.py",
    "app/web/formats.py": "tests/app/web/test_templating.py",
    "app/domain/csv_reading/selection.py": "tests/app/domain/csv_reading/test_cleaning.py",
    "app/web/forms/upload_corrections.py": "tests/app/routes/test_uploads.py",
    "worker/bundles/files/reading.py": "tests/worker/bundles/test_bundle.py",
    "app/web/forms/upload.py": "tests/app/routes/test_uploads.py",
    "app/web/forms/warm_start.py": "tests/app/routes/test_warm_start.py",
    "app/web/views/csv_lines.py": "tests/app/web/views/test_trial_table.py",
    "app/web/fragments.py": "tests/app/routes/test_pages.py",
    "worker/__main__.py": "tests/app/commands/test_running.py",
    "worker/baselines/simple.py": "tests/worker/baselines/test_board.py",
    "worker/baselines/source.py": "tests/worker/baselines/test_board.py",
    "worker/baselines/recursions/": "tests/worker/baselines/test_statistical_fit.py",
    "worker/baselines/statistical.py": "tests/worker/baselines/test_board.py",
    "worker/bundles/contents.py": "tests/worker/bundles/test_bundle.py",
    "worker/bundles/files/forecasting.py": "tests/worker/bundles/test_delivery.py",
    "worker/bundles/files/predict.py": "tests/worker/bundles/test_bundle.py",
    "worker/bundles/model_files.py": "tests/worker/bundles/test_bundle.py",
    "worker/bundles/vectors.py": "tests/worker/bundles/test_bundle.py",
    "worker/custom/braces.py": "tests/worker/custom/test_training.py",
    "worker/custom/custom_objects.py": "tests/worker/custom/test_bundles.py",
    "worker/custom/errors.py": "tests/worker/runs/test_failures.py",
    "worker/custom/evaluator.py": "tests/worker/custom/test_training.py",
    "worker/custom/factory.py": "tests/worker/custom/test_training.py",
    "worker/custom/fit_hook.py": "tests/worker/custom/test_training.py",
    "worker/custom/missing_imports.py": "tests/worker/custom/test_cases.py",
    "worker/custom/hp_stubs.py": "tests/worker/custom/test_hypermodels.py",
    "worker/custom/program.py": "tests/worker/custom/test_training.py",
    "worker/custom/talos_stubs.py": "tests/worker/custom/test_hyperopt_stubs.py",
    "worker/custom/windows.py": "tests/worker/custom/test_training.py",
    "worker/engines/fused/": "tests/worker/engines/fused/test_engine.py",
    "worker/engines/native/": "tests/worker/engines/native/test_sequential.py",
    "worker/engines/optimizers.py": "tests/worker/test_training.py",
    "worker/engines/tracing.py": "tests/worker/engines/fused/test_engine.py",
    "worker/errands.py": "tests/worker/test_loop.py",
    "worker/faults.py": "tests/faults/test_damaged_experiments.py",
    "worker/hardware.py": "tests/worker/test_training.py",
    "worker/housekeeping.py": "tests/worker/test_loop.py",
    "worker/runs/": "tests/worker/runs/test_runner.py",
    "worker/slots/": "tests/worker/slots/test_pool.py",
    "worker/strategies/random.py": "tests/worker/strategies/test_contract.py",
}


def modules() -> list[str]:
    """Every module of app and worker, but for the heads of packages."""
    paths = [*(ROOT / "app").rglob("*.py"), *(ROOT / "worker").rglob("*.py")]
    return sorted(str(path.relative_to(ROOT)) for path in paths if path.name != "__init__.py")


def has_mirrored_test(module: str) -> bool:
    path = Path(module)
    return (ROOT / "tests" / path.parent / f"test_{path.name}").exists()


def is_named(module: str) -> bool:
    return any(
        module == path or (path.endswith("/") and module.startswith(path))
        for path in COVERED_ELSEWHERE
    )


def test_every_module_has_a_mirrored_test_or_names_another():
    untested = [
        module for module in modules() if not has_mirrored_test(module) and not is_named(module)
    ]

    assert untested == []


def test_every_test_that_is_named_exists():
    missing = [path for path in COVERED_ELSEWHERE.values() if not (ROOT / path).exists()]

    assert missing == []


def test_only_modules_without_a_mirrored_test_name_another():
    unnecessary = [
        module
        for module in COVERED_ELSEWHERE
        if not (ROOT / module).exists() or (module.endswith(".py") and has_mirrored_test(module))
    ]

    assert unnecessary == []
