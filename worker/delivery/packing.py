"""The bundle of what an experiment hands over."""

from dataclasses import asdict
from typing import Any

from app.domain.horizons import storage_interval
from app.domain.terms import Part
from app.domain.texts import join_words
from app.queue.delivery_jobs import DeliveryJob
from worker.bundles.bands import measure_bands
from worker.bundles.delivery import DeliverySource, bundle_delivery
from worker.bundles.members import BaselineMember, BundleMember, NetworkMember
from worker.bundles.model_files import built_in_model_writer
from worker.delivery.fitted import FittedDelivery


def pack(job: DeliveryJob, delivery: FittedDelivery) -> bytes:
    """The checked zip. Raises BundleError."""
    test = delivery.forecasts[Part.TEST]
    stored_test = test[:: storage_interval(len(test), job.horizon)]
    stored = {Part.VALIDATION: delivery.forecasts[Part.VALIDATION], Part.TEST: stored_test}
    source = DeliverySource(
        title=f"{job.experiment_name}, {join_words([member.name for member in delivery.members])}",
        series=job.series,
        parts=job.parts,
        predicted=stored_test,
        bands=measure_bands(job.series.target_values, job.parts, stored),
        dialect=job.dialect,
        record=_describe(job, delivery),
    )
    return bundle_delivery(_bundle_members(delivery), source)


def _bundle_members(delivery: FittedDelivery) -> list[BundleMember]:
    members: list[BundleMember] = []
    for member in delivery.members:
        network = delivery.networks.get(member.name)
        if network is None:
            document = delivery.baselines[member.name].document
            members.append(BaselineMember(member.name, member.weight, document))
            continue
        features = network.prepared.inputs.shape[1]
        write_model = built_in_model_writer(network.config, features, network.weights)
        windows = network.prepared.settings
        members.append(NetworkMember(member.name, member.weight, windows, write_model))
    return members


def _describe(job: DeliveryJob, delivery: FittedDelivery) -> dict[str, Any]:
    """What is known of it, as JSON."""
    records = {trial.name: trial.record for trial in job.trials}
    members = []
    for member in delivery.members:
        document = member.to_document()
        record = records.get(member.name)
        if record is not None:
            document["trial"] = record
        members.append(document)
    metrics = {part.value: asdict(scores) for part, scores in delivery.scores.items()}
    return {
        "experiment": {"id": job.experiment_id, "name": job.experiment_name, "seed": job.seed},
        "members": members,
        "metrics": metrics,
    }
