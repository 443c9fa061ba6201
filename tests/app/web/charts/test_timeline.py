"""The chart of when trials ran."""

from dataclasses import replace

import plotly.graph_objects as go

from app.domain.terms import TrialState
from app.services.timelines import Row, Timeline
from app.web.charts.timeline import timeline_figure
from tests.app.services.test_timelines import make_run


def test_each_trial_is_a_bar_from_its_start_to_its_end_in_the_row_of_its_slot():
    first = replace(make_run(1, 0, 4), worker_id="host-1", slot=1)
    pruned = replace(make_run(2, 5, 5.5), state=TrialState.PRUNED, objective=None)
    timeline = Timeline((Row("host-1", 1, (first,)), Row("host-1", 2, (pruned,))), 2)

    figure = timeline_figure(timeline)

    completed, other = (go.Bar({**trace, "marker": {}}) for trace in figure["data"])
    assert (completed.name, other.name) == ("completed", "pruned")
    assert completed.base[0] == first.started_at.strftime("%Y-%m-%d %H:%M:%S.%f")
    assert (completed.x[0], other.x[0]) == (4000, 500)
    assert (completed.y[0], other.y[0]) == ("slot 1", "slot 2")
    assert completed.text[0] == "trial 1<br>objective 1.000<br>4.0 s<br>worker host-1, slot 1"
    assert other.text[0] == "trial 2<br>0.5 s"
    assert figure["layout"]["yaxis"]["categoryarray"] == ["slot 2", "slot 1"]
    assert figure["data"][0]["marker"]["color"] != figure["data"][1]["marker"]["color"]


def test_before_the_first_trial_there_are_words():
    assert timeline_figure(Timeline((), 0))["layout"]["annotations"][0]["text"]
