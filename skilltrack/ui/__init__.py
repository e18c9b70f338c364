"""What the pages are built from; with pages and app.py the only code that imports streamlit."""
