from jeepney import MatchRule as MatchRule
from jeepney import Message
from jeepney.wrappers import MessageGenerator

class DBus(MessageGenerator):
    def AddMatch(self, rule: MatchRule) -> Message: ...  # noqa: N802
    def GetNameOwner(self, name: str) -> Message: ...  # noqa: N802
    def ListActivatableNames(self) -> Message: ...  # noqa: N802
    def NameHasOwner(self, name: str) -> Message: ...  # noqa: N802
    def ReloadConfig(self) -> Message: ...  # noqa: N802
    def RequestName(self, name: str, flags: int = 0) -> Message: ...  # noqa: N802

class Monitoring(MessageGenerator):
    def BecomeMonitor(self, rules: list[str]) -> Message: ...  # noqa: N802

message_bus: DBus
