"""The files of the model `en_sci_md` of textrepair, found by its entry point."""
