"""From public thesauri to the tables of what spinners put for a word, and with what chance."""
