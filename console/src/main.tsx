// The console: who is logged in, the navigation, and the page at the address.

import { render, type JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure, get, send, use, type Session } from "./api";
import { Board } from "./pages/board";
import { Call } from "./pages/call";
import { Calls } from "./pages/calls";
import { Login } from "./pages/login";
import type { Page as OtherPage } from "./pages/more";
import { Answers } from "./pages/answers";
import { Flow } from "./pages/flow";
import { Health } from "./pages/health";
import { Link, useAddress } from "./router";
import "../../ivr/edges/phone/foundation.css";
import "./style.css";

const PAGES: [string, string, OtherPage][] = [
  ["/flow", "Flow", Flow],
  ["/answers", "Answers", Answers],
  ["/health", "Health", Health],
];
const NAVIGATION: [string, string][] = [["/", "Live"], ["/calls", "Calls"], ...PAGES.map(([path, name]): [string, string] => [path, name])];

function App(): JSX.Element {
  const [session, setSession] = useState<Session | null>(null);
  const [state, setState] = useState<"asking" | "out" | "in" | string>("asking");
  const enter = (found: Session): void => {
    use(found, () => setState("out"));
    setSession(found);
    setState("in");
  };
  useEffect(() => {
    get<Session>("/api/session").then(enter, (error: Failure) => setState(error.status === 401 ? "out" : error.message));
  }, []);
  if (state === "asking") return <p class="empty">Loading…</p>;
  if (state === "out") return <Login onEnter={enter} />;
  if (state !== "in" || !session) {
    return (
      <main class="alone">
        <h1>Console</h1>
        <p role="alert">{state}</p>
      </main>
    );
  }
  return <Shell session={session} onLeave={() => setState("out")} />;
}

function Shell({ session, onLeave }: { session: Session; onLeave: () => void }): JSX.Element {
  const address = useAddress();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [address.pathname]);
  const at = address.pathname;
  return (
    <>
      <a class="skip" href="#main">
        To the page
      </a>
      <header>
        <span class="brand">ivr</span>
        <nav aria-label="Pages">
          {NAVIGATION.map(([path, name]) => (
            <Link key={path} to={path} current={path === "/" ? at === "/" : at.startsWith(path)}>
              {name}
            </Link>
          ))}
          <a href="/phone">Phone</a>
        </nav>
        <span class="who">
          {session.local ? (
            <span class="badge warn" title="No user has been made, so only this machine is served: ivr console add-user NAME">
              Local, no login
            </span>
          ) : (
            <>
              <span class="badge">{session.role}</span> {session.name}{" "}
              <button type="button" onClick={() => void send("/api/logout").finally(onLeave)}>
                Log out
              </button>
            </>
          )}
        </span>
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        <Page address={address} session={session} />
      </main>
    </>
  );
}

function Page({ address, session }: { address: URL; session: Session }): JSX.Element {
  const [, section, id] = address.pathname.split("/");
  if (!section) return <Board session={session} />;
  if (section === "calls") return id ? <Call key={id} id={decodeURIComponent(id)} session={session} /> : <Calls address={address} />;
  for (const [path, , Other] of PAGES) if (address.pathname === path) return <Other address={address} session={session} />;
  return (
    <>
      <h1>There is no such page</h1>
      <p>
        <Link to="/">To the live board</Link>
      </p>
    </>
  );
}

render(<App />, document.getElementById("app")!);
