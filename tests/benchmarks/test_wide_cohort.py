"""The time of a wide cohort by stage, in short: every stage is met, and they leave little untold."""

from wide_cohort import STAGES, seconds_by_stage, write_tables


def test_every_stage_of_an_audit_has_its_time(tmp_path):
    write_tables(tmp_path, 60, 12)
    spent = seconds_by_stage(tmp_path, n_permutations=319)
    assert list(spent.index) == [*STAGES, "everything"]
    assert (spent["wall"] > 0).all()
    assert spent["wall"][list(STAGES)].sum() <= spent["wall"]["everything"]
    assert "ganlab audit" in (tmp_path / "audit.html").read_text(encoding="utf-8")
