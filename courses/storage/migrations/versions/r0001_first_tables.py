"""The first tables: people, editions, and what learners do. Attempts can only ever be added."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_tables()
    if op.get_bind().dialect.name == "postgresql":
        _forbid_changes_on_postgresql()
    else:
        _forbid_changes_on_sqlite()


def downgrade() -> None:
    op.drop_table("step")
    op.drop_table("progress")
    op.drop_table("edition_file")
    op.drop_table("chapter")
    op.drop_table("attempt")
    op.drop_table("session")
    op.drop_table("hint_taken")
    op.drop_table("enrolment")
    op.drop_table("edition")
    op.drop_table("draft")
    op.drop_table("sign_in_failure")
    op.drop_table("file_content")
    op.drop_table("course")
    op.drop_table("admin_link")
    op.drop_table("account")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _forbid_changes_on_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER attempt_no_{change.lower()} BEFORE {change} ON attempt "
            "BEGIN SELECT RAISE(ABORT, 'attempts are only ever added'); END"
        )


def _forbid_changes_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'attempts are only ever added'; END $$"
    )
    op.execute(
        "CREATE TRIGGER attempt_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON attempt "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _create_tables() -> None:
    op.create_table(
        "account",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=100), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name_key", name=op.f("uq_account_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "admin_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_admin_link")),
    )
    op.create_table(
        "course",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
    )
    op.create_table(
        "file_content",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_file_content")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_at"), "sign_in_failure", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_failure_subject_at"), "sign_in_failure", ["subject", "at"], unique=False)
    op.create_table(
        "draft",
        sa.Column("account_id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("course_id", sa.String(length=200), nullable=False),
        sa.Column("slot", sa.String(length=300), nullable=False),
        sa.Column("device", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", _BIG_ID, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_draft_course_id")),
        sa.PrimaryKeyConstraint("account_id", "course_id", "slot", "device", name=op.f("pk_draft")),
    )
    op.create_table(
        "edition",
        sa.Column("course_id", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=128), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_edition_course_id")),
        sa.PrimaryKeyConstraint("course_id", "number", name=op.f("pk_edition")),
    )
    op.create_table(
        "enrolment",
        sa.Column("account_id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("course_id", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("chapter_id", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_enrolment_account_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_enrolment_course_id")),
        sa.PrimaryKeyConstraint("account_id", "course_id", name=op.f("pk_enrolment")),
    )
    op.create_table(
        "hint_taken",
        sa.Column("account_id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("course_id", sa.String(length=200), nullable=False),
        sa.Column("step_id", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hint_taken_account_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_hint_taken_course_id")),
        sa.PrimaryKeyConstraint("account_id", "course_id", "step_id", "position", name=op.f("pk_hint_taken")),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", _BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"], unique=False)
    op.create_index(op.f("ix_session_expires_at"), "session", ["expires_at"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False),
        sa.Column("account_id", _BIG_ID, nullable=False),
        sa.Column("course_id", sa.String(length=200), nullable=False),
        sa.Column("step_id", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_digest", sa.String(length=64), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("unlocked", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_attempt_account_id")),
        sa.ForeignKeyConstraint(
            ["course_id", "edition"],
            ["edition.course_id", "edition.number"],
            name=op.f("fk_attempt_course_id_edition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_attempt_account_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_attempt_account_id_course_id_step_id_id"),
        "attempt",
        ["account_id", "course_id", "step_id", "id"],
        unique=False,
    )
    op.create_table(
        "chapter",
        sa.Column("course_id", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "edition"],
            ["edition.course_id", "edition.number"],
            name=op.f("fk_chapter_course_id_edition"),
        ),
        sa.PrimaryKeyConstraint("course_id", "edition", "id", name=op.f("pk_chapter")),
    )
    op.create_table(
        "edition_file",
        sa.Column("course_id", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("access", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "edition"],
            ["edition.course_id", "edition.number"],
            name=op.f("fk_edition_file_course_id_edition"),
        ),
        sa.ForeignKeyConstraint(["digest"], ["file_content.digest"], name=op.f("fk_edition_file_digest")),
        sa.PrimaryKeyConstraint("course_id", "edition", "path", name=op.f("pk_edition_file")),
    )
    op.create_table(
        "progress",
        sa.Column("account_id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("course_id", sa.String(length=200), nullable=False),
        sa.Column("step_id", sa.String(length=200), nullable=False),
        sa.Column("settlement", sa.String(length=10), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt_id", _BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_progress_account_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_progress_attempt_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_progress_course_id")),
        sa.PrimaryKeyConstraint("account_id", "course_id", "step_id", name=op.f("pk_progress")),
    )
    op.create_table(
        "step",
        sa.Column("course_id", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("chapter_id", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "edition", "chapter_id"],
            ["chapter.course_id", "chapter.edition", "chapter.id"],
            name=op.f("fk_step_course_id_edition_chapter_id"),
        ),
        sa.PrimaryKeyConstraint("course_id", "edition", "id", name=op.f("pk_step")),
    )
