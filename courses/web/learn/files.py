"""GET /learn/<course>/files/<path>: a course's images, each only with a step that is unlocked."""

from tornado import web

from courses.services.read_file import read_file
from courses.web.learn.handlers import NAME, LearnHandler
from courses.web.security import course_file_headers


class CourseFileHandler(LearnHandler):
    """Sends a file as inert data. A browser keeps it for a little while, for this session alone."""

    @web.authenticated
    async def get(self, course: str, path: str) -> None:
        file = await self.ask(read_file, course, path)
        for name, value in course_file_headers(file.path).items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "private, max-age=300")
        self.set_header("Vary", "Cookie")
        await self.finish(file.content)


def file_handlers() -> list[tuple[str, type]]:
    return [(rf"/learn/(?P<course>{NAME})/files/(?P<path>.+)", CourseFileHandler)]
