"""The Reconciliation Service API, by which OpenRefine and others match a spreadsheet's rows with the graph's entities.

The protocol is version 0.2 of the W3C Entity Reconciliation Community Group:
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""
