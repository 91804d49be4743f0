"""Who works at the desk: the people of a rulebook, their teams, and what roles they have in a case."""

from __future__ import annotations

from afterservice_cli.rulebook.sections.rules import Rules
from afterservice_cli.rulebook.vocabulary import HEAD_OF, OWNER_ROLES


class Staffed(Rules):
    """Rules that can be asked who is who."""

    def person_of(self, actor: str) -> str:
        """Return who `NAME`, or `NAME as CLAIM`, is: the rulebook's person with that user name, else the name itself.

        A claim counts if the rulebook lets it: a shared account does not say which person works.
        """
        user, _, claim = actor.partition(" as ")
        if claim and self.claims:
            return self.person_called(claim) or self._person_with(claim) or claim
        # A login with the name of a person is not that person.
        return self._person_with(user) or (f"login {user}" if user in self.people else user)

    def person_called(self, name: str) -> str | None:
        """Return the person with this id or label; None if there is none."""
        if name in self.people:
            return name
        return next((person for person, entry in self.people.items() if name in entry.title.values()), None)

    def _person_with(self, user: str) -> str | None:
        return next((person for person, entry in self.people.items() if user in entry.users), None)

    def holders(self, role: str, owner: str, person: str | None = None) -> tuple[str, ...]:
        """Return the people who hold `role` in a case of the team `owner`, which may have been given to `person`.

        The first is the one to turn to, the others are deputies.
        """
        if role == "owner" and person:
            return (person,)
        if role in self.roles:
            return tuple(self.roles[role].people)
        team = self.owners.get(owner if role in OWNER_ROLES else role.removeprefix(HEAD_OF))
        if team is None:
            return ()
        heads = tuple(filter(None, (team.head, team.deputy)))
        return (
            heads if role == "owner_head" or role.startswith(HEAD_OF) else tuple(dict.fromkeys((*heads, *team.members)))
        )

    def roles_of(self, person: str) -> tuple[str, ...]:
        """Return the teams a person belongs to, those they head as `head:TEAM`, and their roles beside the teams."""
        headed = [f"head:{name}" for name, team in self.owners.items() if person in (team.head, team.deputy)]
        beside = [name for name, role in self.roles.items() if person in role.people]
        return (*self.teams_of(person), *headed, *beside)

    def teams_of(self, person: str) -> tuple[str, ...]:
        """Return the teams a person belongs to."""
        return tuple(team for team in self.owners if person in self.holders(team, team))
