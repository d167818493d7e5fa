"""The collection: the workbook sent to a region, and what comes back, brought to the register or refused."""
