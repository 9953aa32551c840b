import base64

from notifications.channels import standard_webhooks


def test_a_secret_is_random_and_long_enough():
    first, second = standard_webhooks.new_secret(), standard_webhooks.new_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert 24 <= len(base64.b64decode(first.removeprefix("whsec_"))) <= 64


def test_the_signature_is_that_of_the_published_libraries():
    """The example in the test suites of the Standard Webhooks libraries."""
    signature = standard_webhooks.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
