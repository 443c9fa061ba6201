"""A program that calls model.fit itself, watched: it runs in a thread that waits after every epoch for its reader."""

import inspect
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

import keras

from worker.custom.program import ProgramError
from worker.custom.training import OwnTraining, quicken, quiet
from worker.training import EpochResult, TrainingOver

REASON = "The file's own call of model.fit is watched epoch by epoch."
CLOSING_SECONDS = 30.0


class Stopped(BaseException):
    """Nobody wants further epochs; no program should catch this."""


class Watched(OwnTraining):
    """Talos, Hyperas, hyperopt: epochs come as the program's own fit ends them."""

    engine_reason = REASON

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._wishes: SimpleQueue[bool] = SimpleQueue()  # whether another epoch is wanted
        self._news: SimpleQueue[EpochResult | BaseException] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="custom model", daemon=True)
        self._started = time.perf_counter()

    def run_epoch(self) -> EpochResult:
        """The next epoch of the program's fit. Raises ProgramError, or TrainingOver where the program has ended."""
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._wishes.put(True)
        news = self._news.get()
        if isinstance(news, BaseException):
            raise news
        return news

    def close(self) -> None:
        """End the program where it waits."""
        if self._thread.is_alive():
            self._wishes.put(False)
            self._thread.join(CLOSING_SECONDS)
        if self._thread.is_alive():
            os._exit(
                1
            )  # it neither waits nor ends: its slot goes with it, and the pool starts another
        super().close()

    def _run(self) -> None:
        try:
            program = self.load()
            with quiet(self.printed), watching(self._begin, self._end):
                program.run()
            self._news.put(self._over())
        except Stopped:
            pass
        except BaseException as error:  # a program may raise anything, SystemExit too
            said = self.explained(error)
            said.__cause__ = None if said is error else error
            self._news.put(said)

    def _over(self) -> BaseException:
        if self.number:
            return TrainingOver("The file's own fit ended")
        return ProgramError(
            f"{self.custom_model.name}.py: {self.custom_model.function} ended without a model.fit."
        )

    def _begin(self, model: keras.Model) -> None:
        if self._judge is not None and self._judge.model is not model:
            raise ProgramError(
                f"{self.custom_model.name}.py fits more than one model, and a trial is judged by one."
            )
        quicken(model)
        self._started = time.perf_counter()

    def _end(self, model: keras.Model, losses: Mapping[str, Any]) -> None:
        self._news.put(self.result(model, losses, self._started))
        if not self._wishes.get():
            raise Stopped
        self._started = time.perf_counter()


class Ear(keras.callbacks.Callback):  # type: ignore[misc]
    """Hears the end of each epoch."""

    def __init__(self, heard: Callable[[keras.Model, Mapping[str, Any]], None]) -> None:
        super().__init__()
        self._heard = heard

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Say so."""
        self._heard(self.model, dict(logs or {}))


@contextmanager
def watching(
    begin: Callable[[keras.Model], None], end: Callable[[keras.Model, Mapping[str, Any]], None]
) -> Iterator[None]:
    """While this lasts, every model.fit says when it begins and when an epoch ends, and prints nothing."""
    fit = keras.Model.fit
    signature = inspect.signature(fit)

    def watched(model: keras.Model, *arguments: Any, **named: Any) -> Any:
        given = signature.bind(model, *arguments, **named)
        begin(model)
        callbacks = given.arguments.get("callbacks")
        ear = Ear(end)
        if isinstance(callbacks, keras.callbacks.CallbackList):
            callbacks.append(ear)
        else:
            listed = (
                callbacks
                if isinstance(callbacks, list | tuple)
                else [callbacks]
                if callbacks
                else []
            )
            given.arguments["callbacks"] = [*listed, ear]
        given.arguments["verbose"] = 0
        return fit(*given.args, **given.kwargs)

    keras.Model.fit = watched
    try:
        yield
    finally:
        del keras.Model.fit
