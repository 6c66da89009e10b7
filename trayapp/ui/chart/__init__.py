"""The painted chart and its readout. The geometry is in `core.chart`."""
