"""From executed notebooks to briefings: harvest → document → HTML, PDF, DOCX, source pages, workbook."""
