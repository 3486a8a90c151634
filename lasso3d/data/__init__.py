"""Examples and truths: data sets, procedural worlds, and the annotator that clicks on mistakes."""
