"""Which skills a résumé names: those of a list of common ones, and those that several people of the network have."""

import re

from django.db.models import Count

from candidates.models import Term, TermKind
from candidates.vocabulary import term_key

# Words of everyday English, too: found only as they are written here.
_EXACT = (
    "Ada",
    *("Angular", "Ansible", "Assembly", "C", "Chef", "Clojure", "Crystal", "Dart", "Django", "Elm", "Excel", "Express"),
    *("Figma", "Flask", "Flux", "Go", "Helm", "Java", "Julia", "Kotlin", "Lean", "Lua", "Notion", "Perl", "Phoenix"),
    *("Processing", "Puppet", "R", "Rails", "React", "REST", "ROS", "Ruby", "Rust", "SAP", "Scala", "Scheme", "Scrum"),
    *("Sketch", "Slack", "Solidity", "Spark", "Spring", "Stata", "Storybook", "Swift", "Unity", "Vault", "Vue", "Word"),
)
_ANY_CASE = (
    # languages and what one builds with
    *(".NET", ".NET Core", "ABAP", "Apache Kafka", "Apache Spark", "ASP.NET", "Bash", "C#", "C++", "CMake", "COBOL"),
    *("CoffeeScript", "CSS", "CUDA", "Cypress", "Delphi", "Elixir", "Embedded C", "Erlang", "F#", "FastAPI", "Flutter"),
    *("Fortran", "GraphQL", "gRPC", "Haskell", "HTML", "Hugo", "Ionic", "JavaScript", "Jest", "jQuery", "JUnit"),
    *("Laravel", "Matlab", "MicroPython", "Next.js", "Node.js", "NestJS", "Nuxt.js", "Objective-C", "OCaml", "OpenCL"),
    *("OpenGL", "PHP", "Playwright", "Prolog", "PowerShell", "Pytest", "Python", "React Native", "Redux", "REST APIs"),
    *("Ruby on Rails", "Sass", "Selenium", "Spring Boot", "SQL", "Svelte", "SwiftUI", "Symfony", "Tailwind CSS"),
    *("TypeScript", "VBA", "Verilog", "VHDL", "Vue.js", "WebAssembly", "WebGL", "WebRTC", "WordPress", "Xamarin"),
    # data and machine learning
    *("A/B testing", "Airflow", "BigQuery", "Cassandra", "ClickHouse", "Computer vision", "Data analysis"),
    *("Data engineering", "Data modelling", "Data science", "Data visualization", "Databricks", "dbt", "Deep learning"),
    *("Elasticsearch", "Experiment design", "Feature engineering", "Google Analytics", "Grafana", "Hadoop", "Hive"),
    *("Hugging Face", "Jupyter", "Keras", "LangChain", "Large language models", "Looker", "Machine learning"),
    *("Metabase", "MLflow", "MLOps", "MongoDB", "MySQL", "Natural language processing", "Neo4j", "NLP", "NumPy"),
    *("OpenCV", "Oracle Database", "Pandas", "PostgreSQL", "Power BI", "Predictive modelling", "PyTorch", "RabbitMQ"),
    *("Recommender systems", "Redis", "Redshift", "Reinforcement learning", "scikit-learn", "SciPy", "Snowflake"),
    *("SPSS", "SQL Server", "SQLite", "Statistics", "Tableau", "TensorFlow", "Time series", "Vector databases"),
    # running things
    *(
        "AWS",
        "Azure",
        "Bazel",
        "CI/CD",
        "CircleCI",
        "Cloudflare",
        "Datadog",
        "DevOps",
        "Docker",
        "Git",
        "GitHub Actions",
    ),
    *("GitLab CI", "Google Cloud", "GCP", "Incident response", "Istio", "Jenkins", "Kubernetes", "Lambda", "Linux"),
    *("Load testing", "Microservices", "Nginx", "Observability", "OpenTelemetry", "Prometheus", "Pulumi"),
    *("Serverless", "Site reliability engineering", "Splunk", "Terraform", "Unix", "VMware"),
    # security
    *("Application security", "Cryptography", "GDPR", "IAM", "ISO 27001", "Network security", "OAuth", "OWASP"),
    *("Penetration testing", "SOC 2", "Threat modelling", "Zero trust"),
    # hardware, robots, science
    *("3D printing", "Analog design", "Arduino", "AutoCAD", "Battery systems", "Bioinformatics", "CAD", "CAN bus"),
    *("CNC", "Control systems", "CRISPR", "Digital signal processing", "Embedded Linux", "Embedded systems", "FEA"),
    *("Firmware", "FPGA", "GIS", "IoT", "LabVIEW", "Life cycle assessment", "Mechanical design", "Motor control"),
    *("PCB design", "PCR", "PLC", "Power electronics", "Raspberry Pi", "Robotics", "ROS 2", "RTOS", "SLAM"),
    *("Sensor fusion", "Simulink", "SolidWorks", "STM32"),
    # phones, games, pictures
    *("3D modelling", "Adobe Creative Suite", "After Effects", "Android", "Animation", "Blender", "Game design"),
    *("Illustrator", "InDesign", "iOS", "Jetpack Compose", "Motion design", "Photoshop", "Premiere Pro", "Three.js"),
    *("Unreal Engine", "Video editing"),
    # design and product
    *("Accessibility", "Agile", "Branding", "Customer research", "Design systems", "Design thinking", "Graphic design"),
    *(
        "Information architecture",
        "Interaction design",
        "JIRA",
        "Kanban",
        "Miro",
        "Product analytics",
        "Product design",
    ),
    *("Product management", "Product marketing", "Product strategy", "Prototyping", "Roadmapping", "Service design"),
    *("Stakeholder management", "Typography", "UI design", "Usability testing", "User research", "UX design"),
    *("UX research", "UX writing", "Visual design", "Wireframing", "WCAG"),
    # selling, telling, helping
    *("Account management", "B2B sales", "Business development", "Community management", "Content marketing"),
    *("Content strategy", "Copywriting", "CRM", "Customer success", "Customer support", "Demand generation"),
    *("Email marketing", "Event management", "Fundraising", "Google Ads", "Growth marketing", "HubSpot", "Intercom"),
    *("Journalism", "Lead generation", "Market research", "Marketing automation", "Negotiation", "Paid social"),
    *("Partnerships", "Performance marketing", "Public relations", "Public speaking", "Sales operations", "Salesforce"),
    *("SEM", "SEO", "Shopify", "Social media", "Solution selling", "Storytelling", "Technical writing", "Translation"),
    *("Zendesk",),
    # keeping the company going
    *("Accounting", "Bookkeeping", "Budgeting", "Business analysis", "Change management", "Coaching", "Compliance"),
    *("Contract law", "Controlling", "Employer branding", "Financial modelling", "Financial planning", "Grant writing"),
    *("Human resources", "IFRS", "Impact measurement", "Intellectual property", "Logistics", "Lean manufacturing"),
    *("Mentoring", "Microsoft Office", "NetSuite", "OKRs", "Onboarding", "Operations management", "Patent law"),
    *("Payroll", "People management", "Policy analysis", "Procurement", "Program management", "Project management"),
    *("Quality assurance", "Quality management", "QuickBooks", "Recruiting", "Regulatory affairs", "Risk management"),
    *("Six Sigma", "Supply chain", "Tax", "Teaching", "Team leadership", "Training", "Underwriting", "Valuation"),
    *("Venture capital", "Warehouse management"),
)
COMMON = tuple(sorted({*_EXACT, *_ANY_CASE}, key=str.casefold))
MOST_FOUND = 40
_LONGEST_WORDS = 4
_SHARED_BY = 3  # what one person alone calls a skill may be any word
_ASKED_AT_ONCE = 2000
_WORD = re.compile(r"[^\s,;:()\[\]{}<>|•·–—\"“”„‹›«»]+|\n")
_AFTER_A_WORD = ".!?'’"
_by_key = {term_key(name): name for name in COMMON}
_EXACT_KEYS = {term_key(name) for name in _EXACT}


def found_in(text: str) -> list[str]:
    """Return the skills that a text names, in the order of their first place, each once, at most `MOST_FOUND`.

    Effects: some queries.
    """
    runs = _runs(text)
    shared = _shared(runs)
    found: dict[str, str] = {}
    for key, run in runs.items():
        name = _by_key.get(key) or shared.get(key)
        if name and (key not in _EXACT_KEYS or name in run):
            found[key] = name
    return list(found.values())[:MOST_FOUND]


def _runs(text: str) -> dict[str, set[str]]:
    """Every run of words of one line by its key, as it is written: {"node.js": {"Node.js", "NODE.JS"}}."""
    runs: dict[str, set[str]] = {}
    for line in text.splitlines():
        words = [word for written in _WORD.findall(line) for word in _parts(written)]
        for start in range(len(words)):
            for length in range(1, _LONGEST_WORDS + 1):
                if start + length <= len(words):
                    run = " ".join(words[start : start + length])
                    runs.setdefault(term_key(run), set()).add(run)
    return runs


def _parts(written: str) -> list[str]:
    word = written.rstrip(_AFTER_A_WORD).lstrip("'‘")
    is_one = "/" not in word or term_key(word) in _by_key  # CI/CD is one, Go/Rust are two
    return [word] if is_one else word.split("/")


def _shared(runs: dict[str, set[str]]) -> dict[str, str]:
    keys = [key for key in runs if key not in _by_key]
    skills = Term.objects.filter(kind=TermKind.SKILL).annotate(people=Count("profiles")).filter(people__gte=_SHARED_BY)
    found: dict[str, str] = {}
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        rows = skills.filter(key__in=keys[start : start + _ASKED_AT_ONCE]).order_by()
        found |= dict(rows.values_list("key", "name"))
    return found
