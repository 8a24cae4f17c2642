"""The demo employers, their people and their jobs, in words."""

from dataclasses import dataclass

from accounts.models import Role

# Printed by the runner and written in the README; `load_demo` refuses to run where it would be a danger.
PASSWORD = "purpose-demo"  # noqa: S105


@dataclass(frozen=True)
class DemoPerson:
    """A colleague; without `can_log_in` nobody knows their password."""

    email: str
    first_name: str
    last_name: str
    is_operator: bool = False
    can_log_in: bool = True


@dataclass(frozen=True)
class DemoJob:
    title: str
    location: str
    department: str
    employment_type: str
    description: str
    live_days_ago: int | None = None  # None: still a draft


@dataclass(frozen=True)
class DemoEmployer:
    """An employer with its team; the first member is its first admin. `jobs[0]` is the one people applied to."""

    name: str
    tagline: str
    about: str
    website: str
    headquarters: str
    team: tuple[tuple[DemoPerson, Role], ...]
    jobs: tuple[DemoJob, ...]


MAYA = DemoPerson("admin@example.com", "Maya", "Okafor", is_operator=True)
JONAS = DemoPerson("recruiter@example.com", "Jonas", "Weber")
PRIYA = DemoPerson("viewer@example.com", "Priya", "Nair")
_ROSALIND = DemoPerson("rosalind@northwind-bikes.example", "Rosalind", "Achterberg", can_log_in=False)

_INTERACTION = DemoJob(
    title="Human-Robot Interaction Engineer",
    location="Berlin, Germany",
    department="Autonomy",
    employment_type="Full-time",
    live_days_ago=12,
    description="""
<p>At 60 sites, our robots share the aisle with people who did not ask for a new colleague. How a robot slows down,
where it looks and when it says “after you” decides whether they trust it by lunchtime. That is your job.</p>
<h3>What you will do</h3>
<ul>
<li>Design how robots show what they are about to do, with light, sound and movement, and ship it to 1,400 of them.</li>
<li>Spend about one day in five on a warehouse floor, watching, asking and timing.</li>
<li>Turn what you see into behaviours in C++ and Python, together with the Motion and Perception teams.</li>
<li>Run the experiments that tell us which behaviour is better, and say so when it is the old one.</li>
</ul>
<h3>What you bring</h3>
<ul>
<li>Three years or more with robots that move near people: mobile, humanoid, or cars.</li>
<li>Solid C++ or Python on ROS 2, and enough statistics to distrust a good-looking chart.</li>
<li>Ease with people on a night shift as well as with people in a design review.</li>
<li>English; German helps on the floor, and we pay for lessons.</li>
</ul>
<h3>What we offer</h3>
<ul>
<li>€78,000 to €96,000 a year, plus equity explained in plain numbers.</li>
<li>30 days of holiday, and people who use them.</li>
<li>A robot lab with an open door, ten minutes from Ostkreuz.</li>
</ul>
<p>The process: a call of half an hour, a day with us on a real site (paid), an offer within a week. We read every
application ourselves.</p>
""",
)

_SAFETY = DemoJob(
    title="Functional Safety Engineer",
    location="Zurich, Switzerland",
    department="Hardware",
    employment_type="Full-time",
    description="""
<p>You own the argument that our next robot is safe, from the first hazard analysis to the certificate.</p>
<h3>What you will do</h3>
<ul>
<li>Lead the safety case to ISO 3691-4 and ISO 13849 with the hardware and firmware teams.</li>
<li>Talk to the certifying body early, often and in person.</li>
</ul>
<p><em>Still to write: what you bring, salary range (ask Maya).</em></p>
""",
)

LUMEN = DemoEmployer(
    name="Lumen Robotics",
    tagline="Robots that carry the load, so that people need not",
    about="""Lumen Robotics builds mobile robots that move pallets, totes and everybody's least favourite \
kilometres through warehouses. A picker walks 15 km on a normal shift; at our customers it is four.

We are 180 people in Berlin, Zurich, Rotterdam, Leipzig and Pittsburgh, and keep 1,400 robots moving at 60 sites. We \
build the whole robot ourselves, from the motor controller to the operator's screen, and everybody here, finance \
included, spends their first week on a customer's floor.

Founded in 2017 by two warehouse workers and a professor. Series C in 2025.""",
    website="https://lumen-robotics.example",
    headquarters="Berlin, Germany",
    team=((MAYA, Role.ADMIN), (JONAS, Role.RECRUITER), (PRIYA, Role.VIEWER)),
    jobs=(_INTERACTION, _SAFETY),
)

NORTHWIND = DemoEmployer(
    name="Northwind Bikes",
    tagline="Cargo bikes for cities with weather",
    about="""Northwind Bikes builds electric cargo bikes that carry two children or 120 kg of parcels, uphill, into \
the wind. Fourteen of us in a former shipyard design, weld and repair every frame under one roof.""",
    website="https://northwind-bikes.example",
    headquarters="Groningen, Netherlands",
    team=((_ROSALIND, Role.ADMIN), (MAYA, Role.RECRUITER)),
    jobs=(
        DemoJob(
            title="Bicycle Mechanic, Prototypes",
            location="Groningen, Netherlands",
            department="Workshop",
            employment_type="Full-time",
            live_days_ago=5,
            description="""
<p>You build the bikes that do not exist yet: one of each, by hand, in a week.</p>
<h3>What you will do</h3>
<ul>
<li>Build, ride and take apart prototypes with the two people who drew them.</li>
<li>Tell them what cannot be mounted, and how it could be.</li>
</ul>
<h3>What you bring</h3>
<ul>
<li>A trained hand, welding experience (TIG), and opinions about bottom brackets.</li>
</ul>
<p>Four days a week, if you like. €3,100 to €3,700 a month.</p>
""",
        ),
    ),
)
EMPLOYERS = (LUMEN, NORTHWIND)
