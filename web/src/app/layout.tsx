import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import '@/styles/global.css';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { Providers } from './providers';
import { themeScript } from './theme-script';

export const metadata: Metadata = {
  title: { default: 'Aether', template: '%s · Aether' },
  description: 'Deploy agents, talk with them, and put them to work together.',
  manifest: '/manifest.webmanifest',
  icons: { icon: '/mark.svg', apple: '/icon-180.png' },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: dark)', color: '#0b0e17' },
    { media: '(prefers-color-scheme: light)', color: '#f9fafc' },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
