#pragma once

#include <boost/program_options.hpp>

#include "config/results/result_storage.hpp"
#include "config/settings.hpp"
#include "engine/result/result.hpp"

/// How a command says which database of results it means.
namespace hts::config {

/// `--config`, `--state-root`, `--password-file`.
void add_storage_options(boost::program_options::options_description& described);

/// The daemon's settings for a command: from the file of `--config`, then the environment, then the
/// options above and `--url`.
[[nodiscard]] result::Result<Settings> command_settings(
    const boost::program_options::variables_map& values);

/// Of a mistake in the command line, not of the world.
[[nodiscard]] bool is_wrong_usage(const result::Error& error);

}  // namespace hts::config
