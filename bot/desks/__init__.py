"""What flows may ask of the branch, one area a module; `bot.back_office` joins them."""
