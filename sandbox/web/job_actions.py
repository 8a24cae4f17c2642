"""What the buttons of jobs, posts and boards do."""

from sandbox import hiring, publishing
from sandbox.context import World
from sandbox.exchange import Record, Request, unprocessable
from sandbox.seed.questions import questions
from sandbox.web.form import number
from sandbox.webhooks.payloads import locations


def close_job(world: World, _: Request, job: Record) -> tuple[str, str]:
    if job["status"] == "closed":
        raise unprocessable("The job is closed already")
    hiring.close_job(world.store, job["id"])
    return f"/jobs/{job['id']}", f"{job['name']} is closed, its posts are off the board."


def reopen_job(world: World, _: Request, job: Record) -> tuple[str, str]:
    if job["status"] == "open":
        raise unprocessable("The job is open already")
    hiring.reopen_job(world.store, job["id"])
    return f"/jobs/{job['id']}", f"{job['name']} is open again. Publish its posts to put them on the board."


def post_page(post: Record) -> str:
    """Return where a post is shown: with its job, or among those of no job."""
    return f"/jobs/{post['job_id']}#post-{post['id']}" if post["job_id"] else "/boards#prospect-posts"


def publish_post(world: World, _: Request, post: Record) -> tuple[str, str]:
    publishing.publish(world.store, post)
    return post_page(post), f"“{post['title']}” is on the board."


def unpublish_post(world: World, _: Request, post: Record) -> tuple[str, str]:
    publishing.edit(world.store, post, live=False)
    return post_page(post), f"“{post['title']}” is off the board."


def rename_post(world: World, request: Request, post: Record) -> tuple[str, str]:
    title = request.form.get("title", "").strip()
    if not title:
        raise unprocessable("A post needs a title")
    publishing.edit(world.store, post, title=title)
    return post_page(post), f"The post is now called “{title}”."


def locate_post(world: World, request: Request, post: Record) -> tuple[str, str]:
    """Put places in free text, parted by semicolons, where the post has others; leave alone those it keeps."""
    wanted = [part.strip() for part in request.form.get("location", "").split(";") if part.strip()]
    kept = locations(world.store, post["id"])
    if wanted != kept:
        for row in world.store.where("job_post_locations", job_post_id=post["id"]):
            world.store.remove("job_post_locations", row["id"])
        for text in wanted:
            publishing.put_location(world.store, post["id"], text)
        if world.switches.location_touches_post:
            publishing.edit(world.store, post)
    return post_page(post), f"“{post['title']}” is in {'; '.join(wanted) or 'no place'} now."


def rewrite_post(world: World, request: Request, post: Record) -> tuple[str, str]:
    """Change the text of a post, which for an internal one is the internal text too."""
    content = request.form.get("content", "").strip()
    values = {"content": content} | ({"internal_content": content} if post["internal"] else {})
    publishing.edit(world.store, post, **values)
    return post_page(post), f"“{post['title']}” has a new text."


def pay_post(world: World, request: Request, post: Record) -> tuple[str, str]:
    """Replace the range of one pay input, or take it away when both ends are left empty."""
    given = number(request, "pay_input_id")
    pay_input = world.store.get("pay_inputs", given) if given else None
    if pay_input is None:
        raise unprocessable("Choose what is paid")
    least, most = number(request, "least"), number(request, "most")
    currency = request.form.get("currency", "").strip().upper()
    publishing.set_pay(world.store, post, pay_input, least=least, most=most, currency=currency)
    return post_page(post), f"“{post['title']}” has {'no' if least is most is None else 'a new'} {pay_input['title']}."


def delete_post(world: World, _: Request, post: Record) -> tuple[str, str]:
    publishing.delete(world.store, post)
    return post_page(post), f"“{post['title']}” was deleted."


def restore_post(world: World, _: Request, post: Record) -> tuple[str, str]:
    publishing.restore(world.store, post)
    return post_page(post), f"“{post['title']}” is back, as a draft."


def take_board_offline(world: World, _: Request, board: Record) -> tuple[str, str]:
    publishing.set_board_live(world.store, board, False)
    return "/boards", f"{board['company_name']} is offline, and so are its posts."


def put_board_online(world: World, _: Request, board: Record) -> tuple[str, str]:
    publishing.set_board_live(world.store, board, True)
    return "/boards", f"{board['company_name']} is online. Publish its posts to put them there."


def add_post(world: World, request: Request, job: Record) -> tuple[str, str]:
    """Add an external draft with one location in free text."""
    title, location = request.form.get("title", "").strip(), request.form.get("location", "").strip()
    text = request.form.get("content", "").strip()
    if not title:
        raise unprocessable("A post needs a title")
    content = text or f"<p>{job['name']} at Lumen Robotics.</p>"
    asked = questions(job["id"], [])
    post = publishing.add(world.store, title=title, job_id=job["id"], content=content, questions=asked)
    if location:
        publishing.put_location(world.store, post["id"], location)
    publishing.announce_new(world.store, post)
    return post_page(post), f"“{title}” was added. Publish it to put it on the board."
