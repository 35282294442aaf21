"""What is wrong with the world around the program, and what its operator can do about it."""


class OperatorError(Exception):
    """The program can't go on, and a person can mend it: `message` says what is wrong, `remedy` what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}"


class SettingsError(OperatorError):
    """An environment variable is missing or makes no sense."""


class DatabaseError(OperatorError):
    """The database can't be fetched, started, reached or used."""
