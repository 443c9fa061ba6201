"""Trainings of custom models, run epoch by epoch like those of the built-in network."""

import io
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

import keras
import numpy as np

from app.domain.custom.detection import CustomModel
from worker import hardware, serialization
from worker.custom.errors import ProgramError, explain_error
from worker.custom.evaluator import Evaluator, NoForecast, refuse_other_outputs
from worker.custom.hypermodels import explain_other_windows
from worker.custom.program import Program
from worker.custom.windows import cut_inputs, cut_window_arrays
from worker.training import EpochResult
from worker.windows import PreparedData

MAX_PRINTED_LENGTH = 2000  # characters of what a program printed that its error quotes


class CustomTraining:
    """What all trainings of custom models have in common: how their model is evaluated."""

    engine = "custom"
    engine_reason = ""

    def __init__(
        self,
        custom_model: CustomModel,
        parameters: Mapping[str, Any],
        data: PreparedData,
        seed: int,
    ) -> None:
        self.custom_model = custom_model
        self.parameters = parameters
        self.data = data
        self.seed = seed
        self.epochs = 0
        self.printed = io.StringIO()
        self._x_validation = cut_inputs(data, data.validation)
        self._evaluator: Evaluator | None = None

    @property
    def evaluator(self) -> Evaluator:
        """Evaluates the model. There is one from the first epoch on."""
        assert self._evaluator is not None
        return self._evaluator

    def load_program(self) -> Program:
        """The program with the values of this trial, and the seed set for its random weights.

        Raises ProgramError.
        """
        keras.utils.set_random_seed(self.seed)
        batch_size = self.parameters.get("batch_size")
        windows = cut_window_arrays(self.data, batch_size)
        try:
            with capture_output(self.printed):
                return Program(self.custom_model, self.parameters, windows)
        except Exception as error:  # a program may raise anything
            raise self.explain_error(error) from error

    def explain_error(self, error: BaseException) -> ProgramError:
        """An error of the program in words, with a note of what the program printed last."""
        _, time_steps, n_columns = self._x_validation.shape
        windows = f"Each window has {time_steps} time steps of {n_columns} columns."
        explained = explain_error(self.custom_model.name, error, windows)
        printed = self.printed.getvalue()
        excerpt = printed[-MAX_PRINTED_LENGTH:].strip()
        has_note = hasattr(explained, "__notes__")
        if excerpt and not has_note:
            explained.add_note(f"The program printed:\n{excerpt}")
        return explained

    def evaluate_epoch(
        self, model: keras.Model, logs: Mapping[str, Any], started_at: float
    ) -> EpochResult:
        """The result of the epoch that has just ended. `logs`: the losses that Keras reports."""
        if self._evaluator is None:
            self._evaluator = Evaluator(model, self.data.horizon)
        outputs = self._evaluator.predict(self._x_validation)
        errors = self.data.measure_errors(outputs, self.data.validation)
        self.epochs += 1
        return EpochResult(
            number=self.epochs,
            train_loss=float(logs["loss"]),
            val_loss=float(logs.get("val_loss", errors.mse)),
            objective=errors.rmse,
            mae=errors.mae,
            seconds=time.perf_counter() - started_at,
        )

    def weights(self) -> list[np.ndarray]:
        """The present weights, in Keras' order."""
        return self.evaluator.weights()

    def predict(self, weights: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Forecasts for these rows in CSV units, float64 (rows, horizon), from fresh states."""
        x = cut_inputs(self.data, np.asarray(rows))
        outputs = self.evaluator.predict(x, weights)
        return self.data.invert(outputs, rows)

    def pack_model(self, weights: Sequence[np.ndarray]) -> bytes:
        """The model with these weights, as a trial keeps it.

        Raises ModelNotSerializable where Keras cannot save it.
        """
        return self.evaluator.save(weights)

    def checkpoint(self) -> bytes | None:
        """None: a program that fits its model itself cannot be resumed in the middle."""
        return None

    def restore(self, data: bytes) -> None:
        """Go on from a checkpoint."""
        raise NotImplementedError

    def close(self) -> None:
        """Free what Keras holds of the model."""
        self._evaluator = None
        keras.backend.clear_session()


class BuiltModelTraining(CustomTraining):
    """Keras Tuner's build(hp): the program returns a compiled model, and Foretune fits it."""

    engine_reason = "The file builds the model, and Foretune fits it with stock Keras."

    def __init__(
        self,
        custom_model: CustomModel,
        parameters: Mapping[str, Any],
        data: PreparedData,
        seed: int,
    ) -> None:
        super().__init__(custom_model, parameters, data, seed)
        program = self.load_program()
        self._windows = program.windows
        try:
            with capture_output(self.printed):
                self.model = self._check_model(program.run())
                self._build_variables()
        except Exception as error:  # a program may raise anything
            raise self.explain_error(error) from error

    def _check_model(self, model: object) -> keras.Model:
        file = f"{self.custom_model.name}.py"
        function = f"{file}: {self.custom_model.function_name}"
        if not isinstance(model, keras.Model):
            type_name = type(model).__name__
            raise ProgramError(f"{function} returned {type_name} where a Keras model is expected.")
        is_compiled = getattr(model, "compiled", False)
        if not is_compiled or model.optimizer is None:
            raise ProgramError(f"{function} returned a model that is not compiled.")
        return model

    def _build_variables(self) -> None:
        """Create the variables of the model, which may wait for an input, and of its optimizer."""
        disable_xla_without_gpu(self.model)
        function = f"{self.custom_model.name}.py: {self.custom_model.function_name}"
        reason = explain_other_windows(self.model, self._windows)
        if reason:
            raise ProgramError(f"{function}: {reason}")
        first_window = self._windows.x_train[:1]
        output = self.model(first_window)
        try:
            refuse_other_outputs(output, len(first_window), self.data.horizon)
        except NoForecast as error:
            raise ProgramError(f"{function}: {error}") from error
        optimizer = self.model.optimizer
        variables = self.model.trainable_variables
        optimizer.build(variables)

    def run_epoch(self) -> EpochResult:
        """Train one epoch and evaluate the model on every row of the validation part."""
        started_at = time.perf_counter()
        x, y = self._order_windows()
        try:
            with capture_output(self.printed):
                fitted = self.model.fit(
                    x,
                    y,
                    batch_size=int(self.parameters["batch_size"]),
                    epochs=1,
                    shuffle=False,
                    verbose=0,
                    validation_data=(self._windows.x_val, self._windows.y_val),
                )
        except Exception as error:  # the model is the program's
            raise self.explain_error(error) from error
        logs = {name: values[-1] for name, values in fitted.history.items()}
        return self.evaluate_epoch(self.model, logs, started_at)

    def _order_windows(self) -> tuple[np.ndarray, np.ndarray]:
        """The train windows of the next epoch, shuffled by the seed and the epoch alone."""
        x = self._windows.x_train
        y = self._windows.y_train
        if not self.parameters["shuffle"]:
            return x, y
        seeds = [self.seed, 1, self.epochs]
        generator = np.random.default_rng(seeds)
        order = generator.permutation(len(x))
        return x[order], y[order]

    def checkpoint(self) -> bytes:
        """All that the next epoch depends on: 10 epochs, this, and 10 more equal 20 epochs."""
        values = []
        for variable in self._variables():
            value = np.asarray(variable.numpy())
            values.append(value)
        arrays = {"number": np.array(self.epochs)}
        arrays |= serialization.enumerate_arrays("variable", values)
        return serialization.pack(arrays)

    def restore(self, data: bytes) -> None:
        """Go on from a checkpoint of a training of the same program, parameters, data and seed."""
        arrays = serialization.unpack(data)
        values = serialization.select_arrays("variable", arrays)
        self.epochs = int(arrays["number"])
        for variable, value in zip(self._variables(), values, strict=True):
            variable.assign(value)
        self._evaluator = Evaluator(self.model, self.data.horizon)

    def _variables(self) -> list[Any]:
        """Weights, the seeds of dropout, and the optimizer's variables."""
        optimizer = self.model.optimizer
        return [*self.model.variables, *optimizer.variables]


def disable_xla_without_gpu(model: keras.Model) -> None:
    """On a CPU, compiling to XLA takes seconds that small networks never earn back."""
    if not hardware.count_gpus():
        model.jit_compile = False


@contextmanager
def capture_output(printed: io.StringIO) -> Iterator[None]:
    """Silence warnings, and collect what a program prints: a slot's own output goes nowhere."""
    with warnings.catch_warnings(), redirect_stdout(printed):
        warnings.simplefilter("ignore")
        yield
