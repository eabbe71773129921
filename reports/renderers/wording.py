"""The few words that the forms print and no builder supplies."""

# Captions under a signature line, as in the forms of order 836 of the Ministry of Finance (26.08.2014).
SIGNATURE_CAPTION = "(підпис)"
NAME_CAPTION = "(Власне ім’я, ПРІЗВИЩЕ)"

# A spreadsheet keeps long tables on sheets of their own; its first sheet says where.
SHEET_REFERENCE = "Таблиця на аркуші «{sheet}»"
WORKING_COPY = "Робоча копія: підсумки, відхилення та відсотки обчислюються формулами."

PAGE_FOOTER = "сторінка &P з &N"  # as spreadsheets name the page and their number
