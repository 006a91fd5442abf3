/** The front-end module of gradbook's own widgets (studio/lab/widgets), as their models name it. */
export const WIDGET_MODULE = "gradbook";
export const WIDGET_MODULE_VERSION = "1.0.0";
