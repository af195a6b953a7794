"""Documents for people as PDF, with Chinese fonts; knows no business."""
