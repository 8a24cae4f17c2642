"""Six people who applied to the demo employer's own job. Nobody real: addresses and numbers are reserved ones."""

from dataclasses import dataclass

from candidates.demo.resume import Resume
from candidates.models import ApplicationStatus
from candidates.services import Link


@dataclass(frozen=True)
class Step:
    """What the recruiter noted, and when. Units: days after the application."""

    status: ApplicationStatus
    text: str
    days_later: float


@dataclass(frozen=True)
class DemoApplicant:
    first_name: str
    last_name: str
    email: str
    phone: str
    website: str
    note: str
    days_ago: float
    resume: Resume
    steps: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def links(self) -> list[Link]:
        return [Link(kind="website", url=self.website)] if self.website else []


_IN_REVIEW = ApplicationStatus.IN_REVIEW
_INTERVIEWING = ApplicationStatus.INTERVIEWING

APPLICANTS = (
    DemoApplicant(
        first_name="Amara",
        last_name="Diallo",
        email="amara.diallo@example.org",
        phone="+33 1 99 00 12 84",
        website="https://amara-diallo.example",
        note="I spent two winters on hospital corridors teaching a delivery robot to wait for beds. Warehouses are "
        "louder, but the question is the same: who goes first, and how does everybody know? I would love to see "
        "your fork-lift crossings.",
        days_ago=11.3,
        resume=Resume(
            headline="Human-robot interaction engineer",
            city="Paris, France",
            summary="Six years of robots among people who are busy with something else. I design motion and signals, "
            "build them in C++ on ROS 2, and measure whether anybody understood them.",
            posts=(
                ("Senior Interaction Engineer, Corridor Robotics", "2022 – today",
                 "Own how 210 hospital robots yield, signal and apologise. Cut blocked-corridor calls by 71 % in a "
                 "year, measured at eleven sites; lead a team of three."),
                ("Robotics Engineer, Atelier Mobile", "2020 – 2022",
                 "Local planner and light signals of a tour-guide robot used by 40,000 museum visitors."),
            ),
            education=(
                ("MSc Robotics, Sorbonne Université", "2020",
                 "Thesis: What a pause means. Legible hesitation of mobile robots in narrow passages."),
            ),
            skills="C++, Python, ROS 2, Nav2, behaviour trees, study design, mixed-effects models, French, English, "
            "some German (B1)",
        ),
        steps=(
            Step(_IN_REVIEW, "Jonas read the résumé: hospital corridors are very close to our aisles.", 0.8),
            Step(_INTERVIEWING, "First call, 30 minutes. Site day in Leipzig agreed.", 3.1),
            Step(ApplicationStatus.OFFER, "Site day went very well; offer sent.", 8.9),
        ),
    ),
    DemoApplicant(
        first_name="Henrik",
        last_name="Solberg",
        email="henrik.solberg@example.org",
        phone="+44 20 7946 0417",
        website="",
        note="Currently in London, moving to Berlin in spring for family reasons. Happy to start remotely.",
        days_ago=8.6,
        resume=Resume(
            headline="Motion and behaviour engineer, autonomous vehicles",
            city="London, United Kingdom",
            summary="I make autonomous cars predictable to the people around them. Looking for slower vehicles and "
            "shorter feedback loops.",
            posts=(
                ("Staff Engineer Behaviour, Kestrel Autonomy", "2021 – today",
                 "Pedestrian negotiation at unmarked crossings: prediction, planning and the outside displays. From "
                 "prototype to 60 cars on public roads."),
                ("Software Engineer, Fjord Ferries", "2018 – 2021",
                 "Docking assistant of an electric ferry, in service on two routes."),
            ),
            education=(("MSc Cybernetics, NTNU Trondheim", "2018", "Guidance, navigation and control."),),
            skills="C++20, Python, motion planning, POMDPs, simulation, ISO 26262, Norwegian, English, German (B2)",
        ),
        steps=(
            Step(_IN_REVIEW, "Forwarded to Autonomy for a second opinion.", 1.2),
            Step(_INTERVIEWING, "Call went well. Site day planned for next week.", 4.4),
        ),
    ),
    DemoApplicant(
        first_name="Mei-Lin",
        last_name="Tan",
        email="meilin.tan@example.org",
        phone="+49 30 23125 118",
        website="https://meilin-tan.example/portfolio",
        note="My portfolio has videos of the three studies that I mention. The second one failed and taught me most.",
        days_ago=4.2,
        resume=Resume(
            headline="Interaction designer who codes, PhD in human-robot interaction",
            city="Berlin, Germany",
            summary="I study how people read machines, and build prototypes good enough to be misread in public.",
            posts=(
                ("Postdoctoral Researcher, Institute for Cognitive Robotics", "2024 – today",
                 "Field studies with delivery robots in two Berlin districts; 1,900 encounters coded."),
                ("UX Engineer, Pallet & Sons", "2019 – 2021",
                 "Tablet software for fork-lift drivers on the night shift."),
            ),
            education=(
                ("PhD Human-Robot Interaction, TU Delft", "2024", "Gaze and gait as signals of intent."),
                ("BSc Industrial Design, National University of Singapore", "2019", "First class honours."),
            ),
            skills="Python, ROS 2, TypeScript, R, video coding, study ethics, English, Mandarin, German (C1)",
        ),
        steps=(Step(_IN_REVIEW, "Portfolio is with Aiko's team until Thursday.", 1.0),),
    ),
    DemoApplicant(
        first_name="Oluwaseun",
        last_name="Adeyemi",
        email="seun.adeyemi@example.org",
        phone="+44 20 7946 0833",
        website="https://seun-adeyemi.example",
        note="Fresh from my degree, but I have been fixing my uncle's conveyor belts since I was fourteen.",
        days_ago=9.7,
        resume=Resume(
            headline="Graduate mechatronics engineer",
            city="Manchester, United Kingdom",
            summary="New graduate with two internships on factory floors, looking for a first job near real robots.",
            posts=(
                ("Intern, Northern Conveyor Works", "2025",
                 "Rewrote the jam detection of a sorter; false alarms down by half."),
                ("Intern, Lagos Port Automation", "2024", "Commissioned two container-stacking cranes."),
            ),
            education=(("BEng Mechatronics, University of Manchester", "2026", "Upper second class honours."),),
            skills="Python, C, PLC programming, ROS 2 (coursework), English, Yoruba",
        ),
        steps=(
            Step(_IN_REVIEW, "Great attitude, little experience with ROS 2 so far.", 1.5),
            Step(
                ApplicationStatus.REJECTED,
                "Not for this role; asked to stay in touch for the graduate programme.",
                3.0,
            ),
        ),
    ),
    DemoApplicant(
        first_name="Rafael",
        last_name="Ortega",
        email="rafael.ortega@example.org",
        phone="",
        website="",
        note="",
        days_ago=1.4,
        resume=Resume(
            headline="Robotics software engineer",
            city="Valencia, Spain",
            summary="Five years of ROS in ceramics factories, where people and vehicles share every metre.",
            posts=(
                ("Robotics Engineer, Azulejo Logistics", "2021 – today",
                 "Fleet of 26 automated tuggers: navigation, speed zones, light curtains and the operators' training."),
            ),
            education=(("Grado en Ingeniería Industrial, UPV Valencia", "2021", "Robotics and automation."),),
            skills="ROS 2, C++, Python, safety scanners, Spanish, English",
        ),
    ),
    DemoApplicant(
        first_name="Zoë",
        last_name="Brandt",
        email="zoe.brandt@example.org",
        phone="+49 30 23125 642",
        website="https://zoe-brandt.example",
        note="I saw one of your robots hold a door for a cleaner in Hamburg. She said thank you to it. I want to know "
        "who built that.",
        days_ago=0.2,
        resume=Resume(
            headline="Sound and light designer for machines",
            city="Hamburg, Germany",
            summary="I give machines a voice that people do not switch off. Ten products in series production.",
            posts=(
                ("Freelance Interaction Sound Designer", "2020 – today",
                 "Warning and status sounds for lawn mowers, lifts and two delivery robots; prototypes in Python "
                 "and Max, final code in C."),
                ("Sound Designer, Harbour Games", "2016 – 2020", "Interactive sound of three published games."),
            ),
            education=(("BA Sound Studies, UdK Berlin", "2016", "With distinction."),),
            skills="Python, C, Max, psychoacoustics, user studies, German, English",
        ),
    ),
)  # fmt: skip
