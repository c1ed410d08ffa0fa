#!/bin/sh
# The quickstart on the command line: from the sample log to a rewrite, and back. Run it in this folder.
set -eu
export SAYAGAIN_DB="${SAYAGAIN_DB:-quickstart.db}"

sayagain ingest turns.jsonl                         # read the log; reading it again changes nothing
sayagain defects --limit 3                          # the turns that failed most probably
sayagain learn                                      # a numbered release, tried on the latest fifth of the log
sayagain promote                                    # into use, if its replay shows a significant gain
sayagain rewrite "turn of the lamp" --user user1    # prints: turn off the lamp
sayagain explain 39a                                # why the turn failed, and what would be done now
sayagain rollback                                   # out of use again
