#include "adapters/http/answer_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hts::http {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string head_of(const Response& response, const AnswerFrame& frame = {}) {
  std::string out;
  append_answer_head(out, response, frame);
  return out;
}

TEST(AnswerWriter, states_the_length_of_shared_content) {
  Response response;
  response.body = "ignored";
  response.shared_body = std::make_shared<const std::string>(1234, 'x');
  EXPECT_THAT(head_of(response), HasSubstr("Content-Length: 1234\r\n"));
}

TEST(AnswerWriter, writes_no_length_for_an_answer_without_content) {
  Response response;
  response.status = 204;
  const std::string head = head_of(response);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(head, Not(HasSubstr("Content-Type:")));
}

TEST(AnswerWriter, leaves_out_a_field_that_would_break_the_line) {
  Response response;
  response.headers.emplace_back("X-One", "a\r\nSet-Cookie: b");
  response.headers.emplace_back("X-Two", "fine");
  const std::string head = head_of(response);
  EXPECT_THAT(head, Not(HasSubstr("Set-Cookie")));
  EXPECT_THAT(head, HasSubstr("X-Two: fine\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(AnswerWriter, says_close_rather_than_keep_alive) {
  AnswerFrame frame;
  frame.close = true;
  frame.confirm_keep_alive = true;
  const std::string head = head_of({}, frame);
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("keep-alive")));
}

TEST(AnswerWriter, takes_only_short_plain_request_ids) {
  EXPECT_TRUE(is_sane_request_id("Ab-9_z.0"));
  EXPECT_TRUE(is_sane_request_id(std::string(64, 'a')));
  EXPECT_FALSE(is_sane_request_id(""));
  EXPECT_FALSE(is_sane_request_id(std::string(65, 'a')));
  EXPECT_FALSE(is_sane_request_id("a b"));
  EXPECT_FALSE(is_sane_request_id("a\nb"));
}

}  // namespace
}  // namespace hts::http
