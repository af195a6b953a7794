"""The rights of persons over their data, for staff: export, erase, correct."""
