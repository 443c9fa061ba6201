"""Trainings of custom models, driven epoch by epoch like the built-in one."""

import io
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

import keras
import numpy as np

from app.domain.custom.detection import CustomModel
from worker import hardware
from worker.custom.evaluator import Judge
from worker.custom.program import Program, ProgramError, explained
from worker.custom.windows import window_arrays, windows_for
from worker.serialization import enumerate_arrays, select_arrays
from worker.training import EpochResult
from worker.windows import PreparedData

MOST_PRINTED = 2000  # characters
DRIVEN = "The file builds the model, and Foretune fits it with stock Keras."


class OwnTraining:
    """What both kinds have in common: judging a Keras model on the rows of a dataset."""

    engine, engine_reason = "custom", ""

    def __init__(
        self,
        custom_model: CustomModel,
        parameters: Mapping[str, Any],
        prepared: PreparedData,
        seed: int,
    ) -> None:
        self.custom_model, self.parameters, self.prepared, self.seed = (
            custom_model,
            parameters,
            prepared,
            seed,
        )
        self.number = 0
        self.printed = io.StringIO()
        self.x_validation = window_arrays(prepared, prepared.validation)[0]
        self._judge: Judge | None = None

    @property
    def judge(self) -> Judge:
        """Judges the model. Only after there is one."""
        assert self._judge is not None
        return self._judge

    def load(self) -> Program:
        """The program with the values of this trial, weights drawn from the seed. Raises ProgramError."""
        keras.utils.set_random_seed(self.seed)
        windows = windows_for(self.prepared, self.parameters.get("batch_size"))
        try:
            with quiet(self.printed):
                return Program(self.custom_model, self.parameters, windows)
        except Exception as error:  # a file may raise anything
            raise self.explained(error) from error

    def explained(self, error: BaseException) -> ProgramError:
        """An error of the program in words; its traceback ends with what the program printed last."""
        found = explained(self.custom_model.name, error)
        said = self.printed.getvalue()[-MOST_PRINTED:].strip()
        if said and not hasattr(found, "__notes__"):
            found.add_note(f"The program printed:\n{said}")
        return found

    def result(self, model: keras.Model, losses: Mapping[str, Any], started: float) -> EpochResult:
        """The epoch that has just ended. `losses`: what Keras said of it."""
        if self._judge is None:
            self._judge = Judge(model)
        errors = self.prepared.measure_errors(
            self.judge.predict(self.x_validation), self.prepared.validation
        )
        self.number += 1
        val_loss = float(losses.get("val_loss", errors.mse))
        return EpochResult(
            self.number, float(losses["loss"]), val_loss, errors.rmse, time.perf_counter() - started
        )

    def weights(self) -> list[np.ndarray]:
        """The present weights, in Keras' order."""
        return self.judge.weights()

    def predict(self, weights: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Forecasts for these rows in CSV units, float64 (rows,); every window starts from a fresh state."""
        x, _ = window_arrays(self.prepared, np.asarray(rows))
        return self.prepared.invert(self.judge.predict(x, weights), rows)

    def pack_model(self, weights: Sequence[np.ndarray]) -> bytes:
        """The model with these weights as the trial keeps it."""
        return self.judge.saved(weights)

    def checkpoint(self) -> bytes | None:
        """None: a program that fits its model itself cannot be entered in the middle."""
        return None

    def restore(self, data: bytes) -> None:
        """Go on from a checkpoint."""
        raise NotImplementedError

    def close(self) -> None:
        """Free what Keras keeps of the model."""
        self._judge = None
        keras.backend.clear_session()


class Driven(OwnTraining):
    """Keras Tuner's build(hp): the program hands over a compiled model, and epochs are run from here."""

    engine_reason = DRIVEN

    def __init__(
        self,
        custom_model: CustomModel,
        parameters: Mapping[str, Any],
        prepared: PreparedData,
        seed: int,
    ) -> None:
        super().__init__(custom_model, parameters, prepared, seed)
        program = self.load()
        self.x, self.y = program.windows.x_train, program.windows.y_train
        self.validation = (program.windows.x_val, program.windows.y_val)
        try:
            with quiet(self.printed):
                self.model = self._checked(program.run())
                quicken(self.model)
                self.model(self.x[:1])  # builds what is built by its first input
                self.model.optimizer.build(self.model.trainable_variables)
        except Exception as error:  # a file may raise anything
            raise self.explained(error) from error

    def _checked(self, model: object) -> keras.Model:
        name = f"{self.custom_model.name}.py: {self.custom_model.function}"
        if not isinstance(model, keras.Model):
            raise ProgramError(
                f"{name} returned {type(model).__name__} where a Keras model is expected."
            )
        if not getattr(model, "compiled", False) or model.optimizer is None:
            raise ProgramError(f"{name} returned a model that is not compiled.")
        return model

    def run_epoch(self) -> EpochResult:
        """Train one epoch and judge it on every validation row."""
        started = time.perf_counter()
        order = np.arange(len(self.x))
        if self.parameters["shuffle"]:
            order = np.random.default_rng([self.seed, 1, self.number]).permutation(order)
        given = {"batch_size": int(self.parameters["batch_size"]), "shuffle": False, "verbose": 0}
        x, y = (self.x[order], self.y[order]) if self.parameters["shuffle"] else (self.x, self.y)
        try:
            with quiet(self.printed):
                fitted = self.model.fit(x, y, epochs=1, validation_data=self.validation, **given)
        except Exception as error:  # the model is the file's
            raise self.explained(error) from error
        return self.result(
            self.model, {name: values[-1] for name, values in fitted.history.items()}, started
        )

    def checkpoint(self) -> bytes:
        """Weights, seeds and what the optimizer keeps: 10 epochs, this, and 10 more are 20 epochs."""
        buffer = io.BytesIO()
        values = [np.asarray(variable.numpy()) for variable in self._variables()]
        np.savez(
            buffer,
            allow_pickle=False,
            number=np.array(self.number),
            **enumerate_arrays("variable", values),
        )
        return buffer.getvalue()

    def restore(self, data: bytes) -> None:
        """Go on from a checkpoint of the same program, parameters, data and seed."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            for variable, value in zip(
                self._variables(), select_arrays("variable", arrays), strict=True
            ):
                variable.assign(value)
            self.number = int(arrays["number"])
        self._judge = Judge(self.model)

    def _variables(self) -> list[Any]:
        return [*self.model.variables, *self.model.optimizer.variables]


def quicken(model: keras.Model) -> None:
    """Without a GPU, compiling to XLA costs seconds that small networks never earn back."""
    if not hardware.count_gpus():
        model.jit_compile = False


@contextmanager
def quiet(printed: io.StringIO) -> Iterator[None]:
    """No warnings, and what a program prints is kept apart: nobody reads a slot's standard output."""
    with warnings.catch_warnings(), redirect_stdout(printed):
        warnings.simplefilter("ignore")
        yield
