// The messages between the program and a strategy's process, whatever comes over the socket.

#include "adapters/plugin/channel.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/plugin/message_values.hpp"

namespace hts::plugin {
namespace {

std::pair<Channel, Channel> connected() {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {Channel{Descriptor{ends[0]}}, Channel{Descriptor{ends[1]}}};
}

TEST(PluginChannel, carries_messages_larger_than_the_sockets_buffer) {
  auto [left, right] = connected();
  const std::string content(3'000'000, 'x');
  std::thread sender([&channel = left, &content] {
    EXPECT_EQ(channel.send(MessageKind::scan, content), Channel::Outcome::done);
  });
  Message message;
  EXPECT_EQ(right.receive(message), Channel::Outcome::done);
  sender.join();
  EXPECT_EQ(message.kind, MessageKind::scan);
  EXPECT_EQ(message.content, content);
}

TEST(PluginChannel, gives_up_when_told_to) {
  auto [left, right] = connected();
  int asked = 0;
  Message message;
  EXPECT_EQ(right.receive(message, [&asked] { return ++asked < 3; }), Channel::Outcome::given_up);
  EXPECT_EQ(asked, 3);
  const std::string content(3'000'000, 'x');
  EXPECT_EQ(left.send(MessageKind::scan, content, [] { return false; }),
            Channel::Outcome::given_up);
}

TEST(PluginChannel, takes_what_has_come_just_when_it_gives_up) {
  auto [left, right] = connected();
  Message message;
  const auto late = [&channel = left] {
    EXPECT_EQ(channel.send(MessageKind::done, "late"), Channel::Outcome::done);
    return false;
  };
  EXPECT_EQ(right.receive(message, late), Channel::Outcome::done);
  EXPECT_EQ(message.content, "late");
}

TEST(PluginChannel, a_closed_end_and_garbage_are_the_end) {
  auto [left, right] = connected();
  const std::string garbage(64, '\xee');
  ASSERT_EQ(write(left.descriptor(), garbage.data(), garbage.size()), 64);
  Message message;
  EXPECT_EQ(right.receive(message), Channel::Outcome::nonsense);
  auto [here, there] = connected();
  {
    const Channel closing = std::move(there);
  }
  EXPECT_EQ(here.receive(message), Channel::Outcome::gone);
  EXPECT_EQ(here.send(MessageKind::done, "x"), Channel::Outcome::gone);
}

TEST(PluginMessage, parameters_and_facts_come_back_as_they_went) {
  const auto parameters = strategies::Parameters::adopt(
      {{"a", true}, {"b", std::int64_t{-7}}, {"c", 0.1}, {"d", std::string("x\0y", 3)}});
  std::string content;
  MessageWriter writer{content};
  put_parameters(writer, parameters);
  MessageReader reader{content};
  EXPECT_EQ(get_parameters(reader).values(), parameters.values());
  EXPECT_TRUE(reader.sound());

  PluginFacts facts;
  facts.name = "name";
  facts.help = "help";
  facts.state_version = -3;
  facts.has_warm_up = true;
  facts.schema = {{"a", std::int64_t{3}, 1, 9, true, "bars", "Help."}};
  writer = MessageWriter{content};
  put_facts(writer, facts);
  MessageReader again{content};
  const auto got = get_facts(again);
  EXPECT_TRUE(again.sound());
  EXPECT_EQ(got.name, facts.name);
  EXPECT_EQ(got.state_version, -3);
  EXPECT_TRUE(got.has_warm_up);
  ASSERT_EQ(got.schema.size(), 1U);
  EXPECT_EQ(got.schema[0].default_value, facts.schema[0].default_value);
}

TEST(PluginMessage, one_that_is_cut_off_anywhere_is_unsound_and_nothing_worse) {
  PluginFacts facts;
  facts.name = "name";
  facts.schema = {{"a", std::int64_t{3}, 1, 9, true, "bars", "Help."},
                  {"b", std::string{"text"}, 0, 0, false, "", "Help."}};
  std::string content;
  MessageWriter writer{content};
  put_facts(writer, facts);
  for (std::size_t size = 0; size < content.size(); ++size) {
    MessageReader reader{std::string_view{content}.substr(0, size)};
    (void)get_facts(reader);
    EXPECT_FALSE(reader.sound()) << size;
  }
  for (std::size_t i = 0; i < content.size(); ++i) {
    for (const char other : {'\0', '\xff', '\x7f'}) {
      auto damaged = content;
      damaged[i] = other;
      MessageReader reader{damaged};
      EXPECT_LE(get_facts(reader).schema.size(), damaged.size()) << i;
    }
  }
}

}  // namespace
}  // namespace hts::plugin
