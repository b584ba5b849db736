#pragma once

#include <string>
#include <string_view>

#include "engine/result/result.hpp"

/// Passwords of addresses like `postgresql://user:password@host/database`: they must not be seen in
/// errors, logs and the list of processes.
namespace hts::credentials {

/// The address for people: without a password before the host and in parameters that are called
/// one. Text that is no address comes back as it is. When it is unclear where a password ends,
/// rather more is left out.
[[nodiscard]] std::string without_password(std::string_view address);

/// Overwrites the passwords of addresses in a program's arguments, where `ps` and /proc show them.
/// Call it once they are copied. Assignments (`--url=postgresql://...`) are found as well.
void hide_passwords(int argument_count, char** arguments) noexcept;

/// The first line of a file. Errors: storage with the path, when it cannot be read or is empty.
[[nodiscard]] result::Result<std::string> read_password_file(const std::string& path);

/// A secret that a setting names: the first line of a file by its path, or, for a name without a
/// slash, of the credential that systemd has put into `$CREDENTIALS_DIRECTORY` (LoadCredential=).
/// Errors: storage with the path; invalid for a credential without systemd; field `setting`.
[[nodiscard]] result::Result<std::string> read_secret(const std::string& name,
                                                      const std::string& setting);

}  // namespace hts::credentials
