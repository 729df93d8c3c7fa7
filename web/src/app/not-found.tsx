import { ButtonLink } from '@/ui/button';
import { Empty } from '@/ui/feedback';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <Empty title="There is nothing at this address" action={<ButtonLink href="/">Go home</ButtonLink>}>
        The link may be old, or a letter of it may be missing.
      </Empty>
    </main>
  );
}
