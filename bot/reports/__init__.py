"""Reports as people take them away: a spreadsheet, a page."""
