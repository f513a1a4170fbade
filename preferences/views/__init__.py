"""The public doors: read who is there, bind the form, call one verb, answer."""
