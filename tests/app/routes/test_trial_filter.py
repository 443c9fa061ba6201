"""The filter above the trial table: what is listed, how many, and what a mistake leaves."""

from tests.pages import text_of

WRONG = {"search": "cell = lsmt", "last_search": "units_1 >= 3 and objective < 2.5"}


def test_a_filter_says_how_many_trials_match_and_can_be_cleared(client, searched):
    url = f"/experiments/{searched.experiment_id}"

    whole = text_of(client.get(url, params={"sort": "number"}).text)
    filtered = client.get(url, params={"search": "Validation RMSE < 2.5 or smoke", "size": "25"})

    assert 'data-applied=""> 4 trials </p>' in whole
    page = text_of(filtered.text)
    assert 'value="Validation RMSE &lt; 2.5 or smoke"' in page
    assert '> 2 of 4 trials <a href="?size=25#trials">Clear</a>' in page
    assert 'name="last_search" value="Validation RMSE &lt; 2.5 or smoke"' in page
    assert 'data-filter="objective &lt;= 1.5"' in page
    assert 'data-filter="units_1 = 3"' in page
    assert 'data-filter="state = completed"' in page


def test_a_mistake_is_told_at_the_field_and_keeps_the_last_rows(client, searched):
    url = f"/experiments/{searched.experiment_id}"

    page = text_of(client.get(url, params=WRONG).text)
    part = text_of(client.get(f"{url}/live", params=WRONG).text)
    unfiltered = text_of(client.get(url, params={"search": "cell ="}).text)

    assert 'value="cell = lsmt" maxlength="2000"' in page
    assert 'aria-describedby="search-error" aria-invalid="true"' in page
    assert "cell takes lstm or gru, not &#34;lsmt&#34; (character 8)." in page
    assert "The table still shows what matches: units_1 &gt;= 3 and objective &lt; 2.5" in page
    assert 'name="last_search" value="units_1 &gt;= 3 and objective &lt; 2.5"' in page
    for table in (page, part):
        assert "2 of 4 trials" in table
        assert table.count('href="/trials/') >= 2
        assert "lsmt" not in table.partition('id="trial-rows"')[2]
    assert "The table is not filtered." in unfiltered


def test_the_field_learns_names_and_what_is_wrong(client, searched):
    url = f"/experiments/{searched.experiment_id}"
    client.post(f"/trials/{searched.trial_id}/annotations", data={"tags": "wide"})

    names = {name["name"]: name for name in client.get(f"{url}/filter-names").json()}
    right = client.get(f"{url}/filter-check", params={"search": "objective < 1.8"}).json()
    wrong = client.get(f"{url}/filter-check", params={"search": "objectiv < 1.8"}).json()

    assert next(iter(names)) == "units_1"
    assert names["validation_rmse"]["written"] == "validation RMSE"
    assert names["cell"] == {
        "name": "cell",
        "written": "cell",
        "signs": ["=", "!="],
        "values": ["lstm", "gru"],
    }
    assert names["shuffle"]["values"] == ["yes", "no"]
    assert names["tag"]["values"] == ["wide"]
    assert right == {"matching": 1, "total": 4, "problem": None}
    problem = wrong["problem"]
    assert (problem["start"], problem["end"], problem["offered"][0]) == (0, 8, "objective")


def test_the_api_and_the_export_filter_alike(client, searched):
    url = f"/experiments/{searched.experiment_id}"
    params = {"search": "(validation RMSE < 2.5 or state = failed) and units_1 != 3"}

    listed = client.get(f"/api{url}/trials", params=params).json()["items"]
    exported = client.get(f"{url}/trials.csv", params=params).text.splitlines()[1:]
    refused = client.get(f"/api{url}/trials", params={"search": "cell = lsmt"})

    assert sorted(trial["number"] for trial in listed) == [3, 4]
    assert sorted(int(line.partition(",")[0]) for line in exported) == [3, 4]
    assert refused.status_code == 422
    (detail,) = refused.json()["detail"]
    assert detail["loc"] == ["query", "search"]
    assert [choice["value"] for choice in detail["choices"]] == ["lstm"]
