#include "adapters/cli/program.hpp"

#include <sstream>
#include <stdexcept>

#include <gtest/gtest.h>

namespace hts::cli {
namespace {

int print_arguments(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  for (const auto& argument : arguments) environment.out << "[" << argument << "]";
  return exit_success;
}

int throw_exception(const std::vector<std::string>&, CommandEnvironment&) {
  throw std::runtime_error("out of luck");
}

int take_number(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  namespace options = boost::program_options;
  options::options_description described("Options");
  described.add_options()("number", options::value<int>()->required(), "a number")(
      "file", options::value<std::string>(), "(argument) a file");
  options::positional_options_description positional;
  positional.add("file", 1);
  const auto parsed =
      parse_arguments({"take", "hts take [FILE]", "Takes a number.", "hts take --number 1"},
                      std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  environment.out << parsed.values["number"].as<int>();
  return exit_success;
}

const std::vector<ProgramCommand> commands = {{"print", "prints", &print_arguments},
                                              {"data list", "lists", &print_arguments},
                                              {"throw", "throws", &throw_exception},
                                              {"take", "takes", &take_number}};

struct Outcome {
  int status;
  std::string out;
  std::string err;
};

Outcome run(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  CommandEnvironment environment{out, err, false, "./data", {}, {}, {}};
  const int status = run_program(commands, "1.2.3", arguments, environment);
  return {status, out.str(), err.str()};
}

TEST(Program, runs_a_command_with_the_remaining_arguments) {
  EXPECT_EQ(run({"print", "a", "b"}).out, "[a][b]");
  EXPECT_EQ(run({"data", "list", "x"}).out, "[x]");
}

TEST(Program, help_lists_every_command_and_exits_0) {
  for (const char* word : {"--help", "-h", "help"}) {
    const auto outcome = run({word});
    EXPECT_EQ(outcome.status, exit_success);
    for (const auto& command : commands) {
      EXPECT_NE(outcome.out.find(command.name), std::string::npos) << command.name;
    }
  }
}

TEST(Program, no_arguments_are_wrong_usage) {
  const auto outcome = run({});
  EXPECT_EQ(outcome.status, exit_usage);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find("Usage"), std::string::npos);
}

TEST(Program, an_unknown_command_suggests_the_nearest) {
  const auto outcome = run({"pritn"});
  EXPECT_EQ(outcome.status, exit_usage);
  EXPECT_NE(outcome.err.find("Did you mean 'print'?"), std::string::npos) << outcome.err;
  EXPECT_EQ(run({"xyzzyxyzzy"}).err.find("Did you mean"), std::string::npos);
}

TEST(Program, a_group_alone_lists_its_commands) {
  const auto outcome = run({"data"});
  EXPECT_EQ(outcome.status, exit_usage);
  EXPECT_NE(outcome.err.find("hts data list"), std::string::npos) << outcome.err;
  EXPECT_EQ(run({"data", "--help"}).status, exit_success);
}

TEST(Program, version_is_answered) {
  EXPECT_EQ(run({"--version"}).out, "hts 1.2.3\n");
}

TEST(Program, an_escaped_exception_ends_as_exit_1) {
  const auto outcome = run({"throw"});
  EXPECT_EQ(outcome.status, exit_failed);
  EXPECT_NE(outcome.err.find("out of luck"), std::string::npos);
}

TEST(Command, help_shows_usage_options_and_an_example_without_the_positional_ones) {
  const auto outcome = run({"take", "--help"});
  EXPECT_EQ(outcome.status, exit_success);
  EXPECT_NE(outcome.out.find("Usage: hts take [FILE]"), std::string::npos);
  EXPECT_NE(outcome.out.find("--number"), std::string::npos);
  EXPECT_NE(outcome.out.find("Example:\n  hts take --number 1"), std::string::npos);
  EXPECT_EQ(outcome.out.find("(argument)"), std::string::npos) << outcome.out;
}

TEST(Command, wrong_missing_and_unknown_options_exit_2_with_a_hint) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"take"},
                                                    {"take", "--number", "many"},
                                                    {"take", "--number", "1", "--speed", "2"},
                                                    {"take", "--number", "1", "one", "two"}}) {
    const auto outcome = run(arguments);
    EXPECT_EQ(outcome.status, exit_usage);
    EXPECT_NE(outcome.err.find("hts take --help"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

}  // namespace
}  // namespace hts::cli
