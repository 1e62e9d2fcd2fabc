/**
 * What each shell runs: it asks `peerdex complete` and offers what that says. Nothing of the answer is ever evaluated: names come
 * from other peers.
 */
const BASH = String.raw`# bash completion for peerdex
_peerdex() {
  local rest=\${COMP_LINE:0:COMP_POINT} word line i
  local -a words=()
  # Bash cuts words at colons, PEER:PATH is one.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ i -eq 0 || $rest == [[:space:]]* ]]; then words+=("$word"); else words[-1]+=$word; fi
    rest=\${rest#"\${rest%%[![:space:]]*}"}
    rest=\${rest#"$word"}
  done
  local current=\${words[-1]}
  words[-1]=\${current//[\\\'\"]/}
  COMPREPLY=()
  local before=
  [[ $current == *:* && $COMP_WORDBREAKS == *:* ]] && before=\${current%"\${current##*:}"}
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default 2>/dev/null; return ;;
      :folders) compopt -o dirnames 2>/dev/null; return ;;
    esac
    printf -v word %q "\${line%%$'\t'*}"
    case $word in *[:/]) compopt -o nospace 2>/dev/null ;; esac
    COMPREPLY+=("\${word#"$before"}")
  done < <(peerdex complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _peerdex peerdex
`.replaceAll('\\$', '$');

const ZSH = String.raw`#compdef peerdex
_peerdex() {
  local line
  local -a full partial fullsay partialsay
  for line in "\${(@f)$(peerdex complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) _files; return ;;
      :folders) _files -/; return ;;
      *[:/]|*[:/]$'\t'*)
        partial+=("\${line%%$'\t'*}"); partialsay+=("\${line//$'\t'/  }") ;;
      *)
        full+=("\${line%%$'\t'*}"); fullsay+=("\${line//$'\t'/  }") ;;
    esac
  done
  compadd -l -d fullsay -a full
  compadd -l -S '' -d partialsay -a partial
}
if [[ $funcstack[1] == _peerdex ]]; then _peerdex "$@"; else compdef _peerdex peerdex; fi
`.replaceAll('\\$', '$');

const FISH = `# fish completion for peerdex
function __peerdex_complete
    set -l typed (commandline -ct)
    set -l words (commandline -opc)
    for line in (peerdex complete -- $words[2..-1] "$typed" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path $typed
            case ':folders'
                __fish_complete_directories $typed
            case '*'
                echo $line
        end
    end
end
complete -c peerdex -f -a '(__peerdex_complete)'
`;

export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
export const SHELLS = Object.keys(SCRIPTS);
