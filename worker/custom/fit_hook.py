"""A program that calls model.fit itself, followed epoch by epoch.

It runs in a thread of its own, which waits after every epoch until the next one is asked for.
"""

import inspect
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

import keras

from worker.custom.errors import ProgramError
from worker.custom.training import CustomTraining, capture_output, disable_xla_without_gpu
from worker.training import EpochResult, TrainingOver

CLOSE_SECONDS = 30.0

OnFitBegin = Callable[[keras.Model], None]
OnEpochEnd = Callable[[keras.Model, Mapping[str, Any]], None]  # with the logs of Keras


class StopProgram(BaseException):
    """Raised inside a program whose further epochs nobody wants. No program should catch it."""


class HookedTraining(CustomTraining):
    """Talos, Hyperas, hyperopt: an epoch is what the program's own fit calls one."""

    engine_reason = "The file calls model.fit itself, and Foretune follows it epoch by epoch."

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._go_on: SimpleQueue[bool] = SimpleQueue()
        self._results: SimpleQueue[EpochResult | BaseException] = SimpleQueue()
        self._thread = threading.Thread(
            target=self._run,
            name="custom model",
            daemon=True,
        )
        self._epoch_started_at = time.perf_counter()
        self._has_fitted = False

    def run_epoch(self) -> EpochResult:
        """The next epoch of the program's fit.

        Raises ProgramError, or TrainingOver where the program has ended.
        """
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._go_on.put(True)
        result = self._results.get()
        if isinstance(result, BaseException):
            raise result
        return result

    def close(self) -> None:
        """End the program where it waits."""
        if self._thread.is_alive():
            self._go_on.put(False)
            self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            os._exit(1)  # the program hangs: the pool starts another slot in place of this one
        super().close()

    def _run(self) -> None:
        """Run the program in the thread."""
        try:
            program = self.load_program()
            hooked = hook_fit(self._begin_fit, self._end_epoch, self._end_fit)
            with capture_output(self.printed), hooked:
                program.run()
            self._results.put(self._describe_end())
        except StopProgram:
            pass
        except BaseException as error:  # a program may raise anything, even SystemExit
            self._results.put(self._describe_failure(error))

    def _describe_failure(self, error: BaseException) -> BaseException:
        """What a failed program means: its training counts if the fit had ended before."""
        explained = self.explain_error(error)
        if self._has_fitted and self.epochs:
            return TrainingOver(
                f"What the file does after its own fit failed ({explained}). The fit had ended"
            )
        explained.__cause__ = error
        if explained is error:
            explained.__cause__ = None
        return explained

    def _describe_end(self) -> BaseException:
        if self.epochs:
            return TrainingOver("The file's own fit ended")
        file = f"{self.custom_model.name}.py"
        function = self.custom_model.function_name
        return ProgramError(f"{file}: {function} ended without a model.fit.")

    def _begin_fit(self, model: keras.Model) -> None:
        if self._evaluator is not None and self._evaluator.model is not model:
            raise ProgramError(
                f"{self.custom_model.name}.py fits more than one model, but a trial has only one."
            )
        self._has_fitted = False
        disable_xla_without_gpu(model)
        self._epoch_started_at = time.perf_counter()

    def _end_fit(self) -> None:
        self._has_fitted = True

    def _end_epoch(self, model: keras.Model, logs: Mapping[str, Any]) -> None:
        """Hand over an epoch and wait. Raises StopProgram where it was the last one."""
        result = self.evaluate_epoch(model, logs, self._epoch_started_at)
        self._results.put(result)
        if not self._go_on.get():
            raise StopProgram
        self._epoch_started_at = time.perf_counter()


class EpochEndCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Calls a function at the end of each epoch."""

    def __init__(self, on_epoch_end: OnEpochEnd) -> None:
        super().__init__()
        self._on_epoch_end = on_epoch_end

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Called by Keras."""
        copied_logs = dict(logs or {})
        self._on_epoch_end(self.model, copied_logs)


@contextmanager
def hook_fit(
    on_fit_begin: OnFitBegin, on_epoch_end: OnEpochEnd, on_fit_end: Callable[[], None]
) -> Iterator[None]:
    """While this lasts, every model.fit reports its begin, epochs and end, and prints nothing."""
    original_fit = keras.Model.fit
    signature = inspect.signature(original_fit)

    def fit(model: keras.Model, *arguments: Any, **named_arguments: Any) -> Any:
        call = signature.bind(model, *arguments, **named_arguments)
        on_fit_begin(model)
        callback = EpochEndCallback(on_epoch_end)
        callbacks = call.arguments.get("callbacks")
        call.arguments["callbacks"] = _add_callback(callbacks, callback)
        call.arguments["verbose"] = 0
        history = original_fit(*call.args, **call.kwargs)
        on_fit_end()
        return history

    keras.Model.fit = fit
    try:
        yield
    finally:
        del keras.Model.fit


def _add_callback(callbacks: Any, callback: keras.callbacks.Callback) -> Any:
    """What fit takes as callbacks (None, one, a list or a CallbackList), with one more."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks.append(callback)
        return callbacks
    if isinstance(callbacks, list | tuple):
        return [*callbacks, callback]
    if callbacks:
        return [callbacks, callback]
    return [callback]
