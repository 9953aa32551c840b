"""A photo is its pixels and nothing else, and is seen by those who see its entry."""

import contextlib
import io

import pytest
from django.core import signing
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from complaints.enums import Visibility
from complaints.models import Attachment, Draft, Ticket
from complaints.services import photos, timeline
from complaints.services.closing_gate import EvidenceMissing
from complaints.services.photos import PhotoRefused
from core.errors import NotFound
from tests.complaints.conftest import act, minutes
from tests.complaints.pictures import encoded, image, jpeg
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(10)
A_DAY = minutes(24 * 60)


@pytest.fixture
def draft(resident):
    return photos.open_draft(actor=resident, at=A_MORNING)


def upload(draft, actor, file=None, at=A_MORNING):
    return photos.upload(draft.public_id, file or jpeg(), actor=actor, at=at)


def stored(field):
    with default_storage.open(field.name) as file:
        return file.read()


WHOLE = (
    jpeg((60, 40), orientation=6).read(),
    encoded(image(mode="P", colour=7), "PNG").read(),
    encoded(image(), "WEBP").read(),
)


class TestWhatIsKept:
    def test_no_trace_of_place_and_camera(self, draft, resident):
        source = jpeg().read()
        assert b"CanaryPhone" in source
        kept = upload(draft, resident, io.BytesIO(source))
        for field in (kept.file, kept.thumbnail):
            data = stored(field)
            assert b"CanaryPhone" not in data
            assert b"Exif" not in data
            assert not Image.open(io.BytesIO(data)).getexif()

    def test_it_stands_upright(self, draft, resident):
        """Orientation 6: taken with the telephone held upright, stored lying."""
        kept = upload(draft, resident, jpeg((60, 40), orientation=6))
        assert (kept.width, kept.height) == (40, 60)

    def test_big_ones_become_smaller_and_the_thumbnail_small(self, draft, resident):
        kept = upload(draft, resident, encoded(image((4000, 1000))))
        assert (kept.width, kept.height) == (2048, 512)
        assert Image.open(io.BytesIO(stored(kept.thumbnail))).size == (320, 80)
        assert kept.size_bytes == len(stored(kept.file))

    @pytest.mark.parametrize(
        ("kind", "mode"),
        [("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("JPEG", "CMYK"), ("PNG", "L")],
    )
    def test_whatever_came_in_a_jpeg_is_kept(self, draft, resident, kind, mode):
        colour = {"RGBA": (1, 2, 3, 0), "P": 5, "CMYK": (1, 2, 3, 4), "L": 7}.get(mode, (1, 2, 3))
        kept = upload(draft, resident, encoded(image(mode=mode, colour=colour), kind))
        assert stored(kept.file)[:3] == b"\xff\xd8\xff"

    def test_its_name_tells_nothing(self, draft, resident):
        kept = upload(draft, resident)
        assert kept.file.name.startswith("photos/")
        assert str(draft.public_id) not in kept.file.name


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"GIF89a" + b"0" * 100,
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            b"\xff\xd8\xff" + b"0" * 50,
            b"%PDF-1.7",
        ],
    )
    def test_what_is_no_picture(self, draft, resident, data):
        with pytest.raises(PhotoRefused):
            upload(draft, resident, io.BytesIO(data))
        assert not Attachment.objects.exists()

    def test_a_picture_cut_off(self, draft, resident):
        whole = encoded(image((400, 400)), quality=95).read()
        with pytest.raises(PhotoRefused):
            upload(draft, resident, io.BytesIO(whole[: len(whole) // 2]))

    @settings(max_examples=150, deadline=None)
    @given(
        place=st.floats(0, 1, exclude_max=True),
        bytes_there=st.binary(min_size=1, max_size=8),
        whole=st.sampled_from(WHOLE),
    )
    def test_a_broken_one_is_refused_or_read_and_never_a_fault(self, place, bytes_there, whole):
        start = int(place * len(whole))
        broken = whole[:start] + bytes_there + whole[start + len(bytes_there) :]
        with contextlib.suppress(PhotoRefused):
            photos.read_picture(io.BytesIO(broken))

    def test_too_many_bytes(self, draft, resident, settings):
        settings.UPLOAD_MAX_BYTES = 500
        with pytest.raises(PhotoRefused):
            upload(draft, resident, encoded(image((400, 400)), quality=95))

    def test_too_many_pixels(self, draft, resident, settings):
        settings.UPLOAD_MAX_PIXELS = 1000
        with pytest.raises(PhotoRefused):
            upload(draft, resident, encoded(image((100, 100), colour=(0, 0, 0)), "PNG"))

    def test_a_tenth_photo(self, draft, resident):
        for _ in range(photos.PHOTOS_PER_DRAFT):
            upload(draft, resident)
        with pytest.raises(PhotoRefused):
            upload(draft, resident)

    def test_the_draft_of_somebody_else(self, draft, stranger, staff):
        for other in (stranger, staff.agent):
            with pytest.raises(NotFound):
                upload(draft, other)

    def test_a_draft_of_yesterday(self, draft, resident):
        with pytest.raises(NotFound):
            upload(draft, resident, at=A_MORNING + A_DAY)


class TestAttaching:
    def test_the_photos_of_a_draft_become_part_of_the_report(self, company, draft, resident):
        upload(draft, resident)
        ticket = make_ticket(
            company,
            actor=resident,
            reporter_subject=resident.subject_id,
            draft_id=draft.public_id,
        )
        (kept,) = Attachment.objects.filter(event__ticket=ticket)
        assert (kept.event.kind, kept.draft) == ("received", None)

    def test_a_report_with_an_expired_draft_is_refused_whole(self, company, draft, resident):
        upload(draft, resident)
        with pytest.raises(NotFound):
            make_ticket(
                company,
                actor=resident,
                reporter_subject=resident.subject_id,
                draft_id=draft.public_id,
                at=A_MORNING + A_DAY,
            )

    def test_proof_lets_a_lift_be_resolved(self, company, staff):
        ticket = make_ticket(company, category_code="lifts", kind="repair")
        for verb in ("accept", "start"):
            ticket = act(ticket, verb, actor=staff.engineer)
        proof = photos.open_draft(actor=staff.engineer, at=A_MORNING)
        upload(proof, staff.engineer)
        ticket = act(ticket, "resolve", actor=staff.engineer, draft_id=proof.public_id)
        assert act(ticket, "close", actor=staff.manager).state == "closed"

    def test_so_does_proof_sent_before(self, company, staff):
        ticket = make_ticket(company, category_code="lifts", kind="repair")
        for verb in ("accept", "start"):
            ticket = act(ticket, verb, actor=staff.engineer)
        proof = photos.open_draft(actor=staff.engineer, at=A_MORNING)
        upload(proof, staff.engineer)
        ticket = timeline.note(
            ticket, actor=staff.engineer, text="检修照片", at=LATER, draft_id=proof.public_id
        )
        assert act(ticket, "resolve", actor=staff.engineer).state == "resolved"

    def test_the_resident_s_own_photo_is_no_proof(self, company, staff, draft, resident):
        upload(draft, resident)
        ticket = make_ticket(
            company,
            category_code="lifts",
            kind="repair",
            actor=resident,
            reporter_subject=resident.subject_id,
            draft_id=draft.public_id,
        )
        for verb in ("accept", "start"):
            ticket = act(ticket, verb, actor=staff.engineer)
        with pytest.raises(EvidenceMissing):
            act(ticket, "resolve", actor=staff.engineer)
        assert Ticket.objects.get(pk=ticket.pk).state == "in_progress"


class TestLinks:
    @pytest.fixture
    def shown(self, company, draft, resident):
        upload(draft, resident)
        make_ticket(
            company, actor=resident, reporter_subject=resident.subject_id, draft_id=draft.public_id
        )
        return Attachment.objects.get()

    def test_they_open_for_those_who_see_the_entry(self, shown, resident, staff):
        for actor in (resident, staff.steward, staff.agent):
            with photos.follow(photos.link(shown), actor=actor) as file:
                assert file.read() == stored(shown.file)
        with photos.follow(photos.link(shown, thumbnail=True), actor=resident) as file:
            assert file.read() == stored(shown.thumbnail)

    def test_for_nobody_else_even_with_the_link(self, shown, stranger, staff):
        for actor in (stranger, staff.far_steward, staff.privacy_officer):
            with pytest.raises(NotFound):
                photos.follow(photos.link(shown), actor=actor)

    def test_not_when_the_entry_is_internal(self, shown, resident, staff, ticket):
        proof = photos.open_draft(actor=staff.steward, at=A_MORNING)
        upload(proof, staff.steward)
        timeline.note(
            ticket, actor=staff.steward, text="内部照片", at=LATER, draft_id=proof.public_id
        )
        hidden = Attachment.objects.get(event__visibility=Visibility.INTERNAL)
        with pytest.raises(NotFound):
            photos.follow(photos.link(hidden), actor=resident)
        photos.follow(photos.link(hidden), actor=staff.engineer).close()

    def test_a_draft_s_photo_is_its_owner_s(self, draft, resident, stranger):
        kept = upload(draft, resident)
        photos.follow(photos.link(kept), actor=resident).close()
        with pytest.raises(NotFound):
            photos.follow(photos.link(kept), actor=stranger)

    def test_they_end_after_ten_minutes(self, shown, resident, monkeypatch):
        link = photos.link(shown)
        real = signing.time.time
        monkeypatch.setattr(signing.time, "time", lambda: real() + photos.LINK_SECONDS + 1)
        with pytest.raises(NotFound):
            photos.follow(link, actor=resident)

    @pytest.mark.parametrize("token", ["", "x", "a:b:c"])
    def test_a_forged_one_opens_nothing(self, resident, token):
        with pytest.raises(NotFound):
            photos.follow(token, actor=resident)

    def test_a_file_that_is_gone_is_not_there(self, shown, resident):
        default_storage.delete(shown.file.name)
        with pytest.raises(NotFound):
            photos.follow(photos.link(shown), actor=resident)


def test_drafts_nobody_sent_go_with_their_files(draft, resident, tmp_path):
    upload(draft, resident)
    fresh = photos.open_draft(actor=resident, at=A_MORNING + A_DAY)
    assert photos.delete_expired_drafts(A_MORNING + A_DAY) == 1
    assert list(Draft.objects.all()) == [fresh]
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
