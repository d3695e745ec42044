"""The engine and its slow twin side by side, month by month: whoever comes in is handed over, then both live alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.block import MISREAD, Block
from simulator.book import Book
from simulator.cycle import Weather
from simulator.draws import Draws
from simulator.engine import Engine, Life
from simulator.run import Setting, State, _begin
from simulator.scenario import Scenario
from tests.twin.debts import OPEN, Account, Tally
from tests.twin.desk import Today, figures
from tests.twin.life import close_month, live
from tests.twin.luck import Luck
from tests.twin.nudges import understands
from tests.twin.person import Borrower, House

BITS = ("unemployed", "covered", "ill", "pay_cut", "lower_pay", "disabled", "unwilling")
GIVEN = ("status", "balance", "rate", "due", "limit", "desired", "pay_share", "remaining", "opened")
ACCOUNT = ("status", "balance", "rate", "due", "limit", "desired", "pay_share", "remaining", "opened", "bucket")
FLOWS = (
    *("lent", "purchases", "interest", "penalty", "fees"),
    *("paid", "charged_off", "written_down", "sold", "billed", "repaid_early"),
)
EVENTS = ("defaults", "charge_off_accounts", "bankruptcies", "accounts", "balance", "penalty_owed")
DESK = ("contact", "listed", "called")
LATE = ("current", "1_29", "30_59", "60_89", "90_plus")
PEOPLE = ("borrowers", "unemployed", "labour_force")


def plain(value: Any) -> Any:
    """A cell of a column as a plain number."""
    return value.item()


def account_at(name: str, product: Any, block: Block, row: int) -> Account:
    """An account as it was opened; of what came later nothing is taken over."""
    columns = block.accounts[name]
    account = Account(name, product)
    for field in GIVEN:
        if field in columns.names:
            setattr(account, field, plain(getattr(columns, field)[row]))
    return account


def borrower_at(block: Block, row: int, setting: Setting) -> Borrower:
    """A person as they come in."""
    spells = int(block.spells[row])
    return Borrower(
        id=int(block.id[row]),
        luck=Luck(setting.draws.seed, int(block.id[row])),
        due_day=block.due_day,
        **{
            field: plain(getattr(block, field)[row])
            for field in ("income", "essential", "savings", "target", "earner_share", "forgets", "score")
        },
        **{field: plain(getattr(block, field)[row]) for field in ("quintile", "age", "group", "months_out")},
        out_since=int(block.out_since[row]),
        outside=int(block.outside[row]),
        literacy=int(block.literacy[row]),
        prone=float(block.prone[row]),
        accounts=[account_at(name, product, block, row) for name, product in setting.products.items()],
        **{bit: bool(spells >> place & 1) for place, bit in enumerate(BITS[:2])},
    )


class Side:
    """One scenario lived twice from the same opening book; `months` yields after each month, for comparison."""

    def __init__(self, scenario: Scenario, *, shocked: bool = True) -> None:
        self.setting = Setting.of(scenario, scenario.seed)
        self.state: State = _begin(self.setting, None)
        self.paths = self.setting.paths(shocked=shocked)
        self.calm = self.setting.paths(shocked=False)
        lending = self.state.lending
        setting, follow = self.setting, scenario.book.follow_months
        self.house = House(setting.rules(), setting.clock, setting.labels, lending.idle_days, follow)
        self.people: dict[int, Borrower] = {}
        self.take_over(self.state.book, Tally())
        lend = lending.month

        def watched(book: Book, *rest: Any) -> None:
            lend(book, *rest)
            self.take_over(book, self.house.tally)

        lending.month = watched  # type: ignore[method-assign]

    def take_over(self, book: Book, tally: Tally) -> None:
        """Newcomers, and new accounts of those already there; new loans are counted as lent."""
        for block in book.blocks:
            for row in block.there.nonzero()[0].tolist():
                number = int(block.id[row])
                known = self.people.get(number)
                if known is None:
                    known = self.people[number] = borrower_at(block, row, self.setting)
                    opened = list(range(len(known.accounts)))
                else:
                    opened = [
                        place
                        for place, account in enumerate(known.accounts)
                        if account.status != OPEN and block.accounts[account.name].status[row] == OPEN
                    ]
                for place in opened:
                    old = known.accounts[place]
                    known.accounts[place] = new = account_at(old.name, old.product, block, row)
                    tally[new.name, "lent"] += new.balance
                if opened:
                    known.forgets = int(block.forgets[row])
                    understands(known, self.state.lending.policies.now, self.house)

    def months(self) -> Iterator[int]:
        """Live through all months, the warm-up first, in both versions."""
        clock, rules = self.setting.clock, self.house.rules
        for month in range(-clock.warm_up, clock.months):
            baseline = self.house.baseline = month < 0
            paths = self.calm if baseline else self.paths
            self.house.tally.clear()
            engine = self.engine(paths, baseline)
            self.state.lending.policies = engine.life.rules.policies
            engine.run(month, month + 1)
            weather = engine.life.weather
            assert weather is not None
            rules.policies.set_date(clock.month_date(month), baseline=baseline, news=weather.news)
            self.terms_in_force()
            self.house.wages, self.house.trust = weather.wages, weather.news.trust
            if self.house.desk is None:
                for person in self.people.values():
                    live(person, month, weather, self.house)
            else:
                self.days_with_a_desk(month, weather)
            for number, person in list(self.people.items()):
                if not close_month(person, month, self.house):
                    del self.people[number]
            yield month

    def days_with_a_desk(self, month: int, weather: Weather) -> None:
        """Day by day, since the desk's time is shared: its morning, the bills of those due, its evening."""
        house = self.house
        assert house.desk is not None
        for day in range(house.clock.month_start(month), house.clock.month_end(month) + 1):
            works = house.clock.date(day).weekday() < house.desk.weekdays
            today = Today(self.people.values(), month, day, house) if works else None
            for person in self.people.values():
                if house.clock.due_day(month, person.due_day) == day:
                    if today is not None:
                        today.tell(person)
                    live(person, month, weather, house)
            if today is not None:
                today.evening()

    def terms_in_force(self) -> None:
        """What the policies of the month make of the contracts and of unemployment benefit."""
        rules, given = self.house.rules, self.setting.scenario.world.labour
        rules.labour = given.model_copy(update={"benefits": rules.policies.benefits(given.benefits)})
        self.house.desk = None if rules.desk is None else rules.policies.desk(rules.desk)
        terms = {name: rules.policies.terms(product) for name, product in self.setting.products.items()}
        for person in self.people.values():
            for account in person.accounts:
                account.product = terms[account.name]

    def engine(self, paths: Any, baseline: bool) -> Engine:
        """The engine on the book as it stands."""
        state, setting = self.state, self.setting
        life = Life(
            setting.rules(),
            state.book,
            state.ledger,
            state.panel,
            paths,
            Draws(setting.draws.seed),
            setting.clock,
            state.lending,
            baseline=baseline,
        )
        return Engine(life)

    def differences(self, month: int) -> list[str]:
        """Every figure in which the two differ after a month, as text."""
        wrong: list[str] = []
        seen = set()
        for block in self.state.book.blocks:
            arrears = {
                name: {int(row): place for place, row in enumerate(accounts.arrears.rows)}
                for name, accounts in block.accounts.items()
            }
            for row in block.there.nonzero()[0]:
                number = int(block.id[row])
                seen.add(number)
                person = self.people.get(number)
                if person is None:
                    wrong.append(f"month {month} borrower {number}: has left in the twin")
                    continue
                texts = person_differs(block, int(row), person)
                wrong += [f"month {month} borrower {number}: {text}" for text in texts]
                for account in person.accounts:
                    place = arrears[account.name].get(int(row))
                    texts = account_differs(block, int(row), place, account, month)
                    wrong += [f"month {month} borrower {number} {account.name}: {text}" for text in texts]
            strangers = {row for places in arrears.values() for row in places} - set(block.there.nonzero()[0].tolist())
            wrong += [f"month {month} row {row}: empty, but in arrears" for row in strangers]
        wrong += [f"month {month} borrower {number}: has left in the engine" for number in set(self.people) - seen]
        return wrong + self.totals_differ(month)

    def defaults_differ(self) -> list[str]:
        """Every default of the span with what led to it, in both."""
        table, panel = self.state.panel.defaults.table(), self.state.panel
        names = ("borrower", "product", "month", "cost", "oldest", "began", "buffer")
        fields = [table[name].tolist() for name in names]
        job = table["before"][0].tolist() if table["before"].size else []
        rows = zip(*fields, job, strict=True)
        engine = sorted((row[0], panel.products[row[1]], *row[2:]) for row in rows)
        twin = sorted(self.house.defaults)
        if len(engine) != len(twin):
            return [f"defaults: engine {len(engine)}, twin {len(twin)}"]
        return [f"default: engine {a}, twin {b}" for a, b in zip(engine, twin, strict=True) if a != b]

    def totals_differ(self, month: int) -> list[str]:
        """The lender's month: every measure of the panel against the twin's tally."""
        panel, tally = self.state.panel, self.house.tally
        row = panel.row(month)
        pairs: list[tuple[str, int, int]] = []
        for name in panel.products:
            cells = panel.cells[name]
            pairs += [(f"{name} {what}", cells[what][row].sum(), tally[name, what]) for what in (*FLOWS, *EVENTS)]
            for number, label in enumerate(LATE):
                for what in ("accounts", "balance"):
                    theirs = cells[f"{what}_{label}"][row].sum()
                    pairs.append((f"{name} {what}_{label}", theirs, tally[name, f"late_{what}_{number}"]))
        pairs += [(what, panel.people[what][row].sum(), tally["", what]) for what in PEOPLE]
        if self.house.desk is not None:
            desk = figures(self.house).items()
            pairs += [(what, round(1000 * panel.lender[what][row]), round(1000 * number)) for what, number in desk]
        complaints = [what for what in ("complaints", "complaints_open") if what in panel.lender]
        pairs += [(what, int(panel.lender[what][row]), tally["", what]) for what in complaints]
        return [f"month {month} {what}: engine {a}, twin {b}" for what, a, b in pairs if int(a) != int(b)]


def person_differs(block: Block, row: int, person: Borrower) -> list[str]:
    """In which of a person's figures the two differ."""
    pairs: list[tuple[str, Any, Any]] = [("savings", int(block.savings[row]), person.savings)]
    pairs.append(("lost", int(block.lost[row]), person.lost))
    pairs.append(("misread", bool(block.traits[row] & MISREAD), person.misread))
    spells = int(block.spells[row])
    pairs += [(bit, bool(spells >> place & 1), getattr(person, bit)) for place, bit in enumerate(BITS)]
    if person.unemployed:
        pairs += [(what, int(getattr(block, what)[row]), getattr(person, what)) for what in ("months_out", "out_since")]
    for bit, amount, until in (("ill", "ill_loss", "until_ill"), ("pay_cut", "cut", "until_cut")):
        if getattr(person, bit):
            pairs += [(what, plain(getattr(block, what)[row]), getattr(person, what)) for what in (amount, until)]
    pairs += [(what, plain(column[row]), person.own.get(what, 0)) for what, column in block.own.items()]
    if person.lower_pay:
        pairs += [(what, plain(getattr(block, what)[row]), getattr(person, what)) for what in ("lower", "until_lower")]
    return [f"{what}: engine {a}, twin {b}" for what, a, b in pairs if a != b]


def account_differs(block: Block, row: int, place: int | None, account: Account, month: int) -> list[str]:
    """In which of an account's figures the two differ; `place` is its place in the engine's table of arrears."""
    columns = block.accounts[account.name]
    fields = [field for field in (*ACCOUNT, "default", "reaged") if field in columns.names]
    pairs = [(field, plain(getattr(columns, field)[row]), getattr(account, field)) for field in fields]
    pairs.append(("missed", int(columns.missed[row]), account.missed(month)))
    pairs.append(("behind", place is not None, account.behind))
    if place is not None and account.behind:
        arrears = columns.arrears
        queue = [int(cents) for cents in arrears.queue(month)[place] if cents]
        pairs.append(("unpaid", queue, [cents for _, cents in account.unpaid]))
        pairs += [
            (what, plain(getattr(arrears, what)[place]), getattr(account, what))
            for what in ("overdue", "interest", "penalty", "fees", "streak", "strained", "cost")
        ]
        pairs += [(what, plain(getattr(arrears, what)[place]), getattr(account, what)) for what in DESK]
        pairs.append(("tried", plain(arrears.tried[place]) & 15, account.tried))
    return [f"{what}: engine {a}, twin {b}" for what, a, b in pairs if a != b]
