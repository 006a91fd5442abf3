/** The widgets: Jupyter's own controls (ipywidgets), with their state in the kernel. */
export { checkbox, toggleButton } from "./boolean.ts";
export { accordion, gridBox, hbox, tab, vbox } from "./box.ts";
export { button } from "./button.ts";
export type { Control, ControlOptions, Layout, Style } from "./control.ts";
export { fileUpload, type UploadedFile } from "./file-upload.ts";
export { htmlLabel, label } from "./label.ts";
export { outputArea, type OutputArea } from "./output.ts";
export { floatProgress, intProgress } from "./progress-bar.ts";
export { ranking, type RankingOptions } from "./ranking.ts";
export { dropdown, radioButtons, selectMultiple, toggleButtons, type Selection } from "./selection.ts";
export { floatLogSlider, floatRangeSlider, floatSlider, intRangeSlider, intSlider } from "./slider.ts";
export { floatText, intText, text, textarea } from "./text.ts";
export { Widget, type AnyWidget, type WidgetKind } from "./widget.ts";
