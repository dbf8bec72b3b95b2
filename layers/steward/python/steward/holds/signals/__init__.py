"""The ways to flag a contact, each parsed into a request.

AWS's own samples differ in casing: keys are read in any case.
"""
