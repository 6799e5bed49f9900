// The chart that can be explored, loaded when a reader asks for it.
import uPlot from "uplot";

window.uPlot = uPlot;
