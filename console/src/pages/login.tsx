import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Failure, send, type Session } from "../api";

export function Login({ onEnter }: { onEnter: (session: Session) => void }): JSX.Element {
  const [wrong, setWrong] = useState("");
  const enter = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    try {
      onEnter(await send<Session>("/api/login", Object.fromEntries(form)));
    } catch (error) {
      setWrong((error as Failure).message);
    }
  };
  return (
    <main class="alone">
      <h1>Console</h1>
      <form onSubmit={(event) => void enter(event)}>
        <label for="name">Name</label>
        <input id="name" name="name" autocomplete="username" required />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <button type="submit" class="go">
          Log in
        </button>
      </form>
      {wrong && <p role="alert">{wrong}</p>}
    </main>
  );
}
