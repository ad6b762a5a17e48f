"""Evidently's drift report over two CSV files: python evidently_peer.py LOG REFERENCE PAGE"""
import sys
import warnings

warnings.filterwarnings("ignore")
import pandas as pd  # noqa: E402
from evidently.metric_preset import DataDriftPreset  # noqa: E402
from evidently.report import Report  # noqa: E402

log, reference, page = sys.argv[1:]
before = pd.read_csv(reference)
after = pd.read_csv(log)[list(before.columns)]
report = Report(metrics=[DataDriftPreset()])
report.run(reference_data=before, current_data=after)
report.save_html(page)
