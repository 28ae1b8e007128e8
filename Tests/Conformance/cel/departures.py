"""Where celpy departs from the language definition, and nothing else is told."""


def departure(answer, expected, reason):
    """Why a difference is celpy's own; None where it is not."""
    found = answer.get("value")
    if expected is None and "has no attribute" in reason:
        return "a method of what an operator made is not found, since its type was lost"
    if expected is None and found and found[0] == "bool" and ("'IndexError'" in reason or "'KeyError'" in reason):
        return "an error inside of a macro is not absorbed by && and ||"
    if expected is None and found and "no such overload:" in reason and "!=" in reason:
        return "values of different types cannot be compared inside of a macro"
    if answer.get("error") == "overflow" and "%" in answer["message"] and expected is not None:
        return "the smallest int has a remainder by -1"
    if expected is not None and answer.get("error") == "index out of range" and "index -" in answer["message"]:
        return "a negative index counts from the end"
    if answer.get("error") == "conversion" and "-9.22337" in answer["message"] and expected is not None:
        return "the double at the end of the range of int is converted"
    return None
