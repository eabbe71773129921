"""The day on which the samples sign, and a short way to read a finding."""

import datetime as dt

AT = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)


def codes(finding):
    return {one.code for one in finding.reasons}
