"""Well-known titles and names for the catalogue: facts, one line a work or an artist."""

__all__ = ["ARTISTS", "BOOKS", "FILMS", "PODCASTS", "SERIES"]

# artist | genre | songs; separated by ";" | albums; separated by ";"
ARTISTS = """
adele | pop | hello; someone like you; rolling in the deep; skyfall | twenty five; twenty one
the beatles | rock | hey jude; yesterday; let it be; here comes the sun; come together; help | abbey road; let it be; help; revolver
queen | rock | bohemian rhapsody; don't stop me now; we will rock you; somebody to love | a night at the opera; jazz
fleetwood mac | rock | dreams; go your own way; the chain; landslide; everywhere | rumours; tusk
miles davis | jazz | so what; blue in green; freddie freeloader | kind of blue; sketches of spain; bitches brew
john coltrane | jazz | giant steps; naima; my favorite things | blue train; giant steps; a love supreme
dave brubeck | jazz | take five; blue rondo | time out
ella fitzgerald | jazz | summertime; dream a little dream of me; misty | ella and louis
louis armstrong | jazz | what a wonderful world; summertime; when the saints go marching in | ella and louis
billie holiday | jazz | strange fruit; god bless the child; all of me | lady in satin
nina simone | jazz | feeling good; sinnerman; my baby just cares for me | pastel blues
norah jones | jazz | don't know why; come away with me; sunrise | come away with me
herbie hancock | jazz | cantaloupe island; watermelon man; chameleon | head hunters
thelonious monk | jazz | round midnight; straight no chaser; blue monk | monk's dream
bill evans | jazz | waltz for debby; peace piece | portrait in jazz
taylor swift | pop | shake it off; blank space; love story; anti hero; cruel summer | folklore; lover; midnights
ed sheeran | pop | shape of you; perfect; thinking out loud; bad habits | divide
beyonce | pop | halo; crazy in love; single ladies; formation | lemonade; renaissance
rihanna | pop | umbrella; diamonds; we found love; stay | loud
bruno mars | pop | just the way you are; grenade; uptown funk; locked out of heaven | unorthodox jukebox
coldplay | rock | yellow; fix you; the scientist; clocks; viva la vida | parachutes; ghost stories
radiohead | rock | creep; karma police; no surprises | the bends; in rainbows; kid a
nirvana | rock | smells like teen spirit; come as you are; lithium | nevermind; in utero
pink floyd | rock | money; time; wish you were here; comfortably numb | the wall; animals; wish you were here
led zeppelin | rock | stairway to heaven; kashmir; whole lotta love | physical graffiti
david bowie | rock | heroes; space oddity; changes; life on mars | heroes; low; blackstar
prince | pop | purple rain; kiss; raspberry beret; when doves cry | purple rain; parade
michael jackson | pop | thriller; billie jean; beat it; bad; man in the mirror | thriller; bad; dangerous
madonna | pop | like a prayer; vogue; holiday; material girl | ray of light; music
elton john | pop | rocket man; tiny dancer; your song; candle in the wind | honky chateau
stevie wonder | soul | superstition; isn't she lovely; sir duke; signed sealed delivered | songs in the key of life; innervisions
aretha franklin | soul | respect; think; natural woman | lady soul
marvin gaye | soul | what's going on; let's get it on; sexual healing | what's going on
otis redding | soul | sitting on the dock of the bay; try a little tenderness | otis blue
bob dylan | folk | like a rolling stone; blowing in the wind; hurricane | desire; highway sixty one revisited
joni mitchell | folk | big yellow taxi; both sides now; river; a case of you | blue; hejira
simon and garfunkel | folk | the sound of silence; mrs robinson; the boxer; cecilia | bridge over troubled water; bookends
leonard cohen | folk | hallelujah; suzanne; so long marianne | songs of love and hate
nick drake | folk | pink moon; river man; northern sky | pink moon; five leaves left
johnny cash | country | hurt; ring of fire; i walk the line; folsom prison blues | american recordings
dolly parton | country | jolene; nine to five; i will always love you | coat of many colors
willie nelson | country | on the road again; always on my mind | stardust
bob marley | reggae | three little birds; no woman no cry; one love; redemption song | exodus; legend
daft punk | electronic | get lucky; one more time; around the world; harder better faster stronger | discovery; homework
kraftwerk | electronic | the model; autobahn; computer love | autobahn; computer world
moby | electronic | porcelain; natural blues | play
massive attack | electronic | teardrop; unfinished sympathy; angel | mezzanine; blue lines
portishead | electronic | glory box; roads; sour times | dummy
billie eilish | pop | bad guy; ocean eyes; birds of a feather | happier than ever
lady gaga | pop | poker face; bad romance; shallow; just dance | the fame; chromatica
dua lipa | pop | levitating; new rules; houdini | future nostalgia
abba | pop | dancing queen; mamma mia; waterloo; fernando; super trouper | arrival; waterloo; super trouper
the rolling stones | rock | satisfaction; paint it black; angie; gimme shelter | sticky fingers; let it bleed
the eagles | rock | hotel california; desperado; take it easy | hotel california; desperado
bruce springsteen | rock | born to run; dancing in the dark; the river | born to run; the river; nebraska
u two | rock | one; with or without you; beautiful day | the joshua tree; achtung baby
oasis | rock | wonderwall; champagne supernova; live forever | definitely maybe
blur | rock | song two; parklife; girls and boys | parklife
the cure | rock | friday i'm in love; just like heaven; lovesong | disintegration
metallica | metal | enter sandman; one; nothing else matters | master of puppets; load
mozart | classical | eine kleine nachtmusik; the magic flute; requiem | requiem
beethoven | classical | moonlight sonata; fur elise; ode to joy | the piano sonatas
bach | classical | air on a g string; goldberg variations; toccata and fugue | goldberg variations; the cello suites
chopin | classical | nocturne in e flat; raindrop prelude; minute waltz | the nocturnes
debussy | classical | clair de lune; la mer; arabesque | clair de lune
vivaldi | classical | spring; winter | the four seasons
erik satie | classical | gymnopedie; gnossienne | gymnopedies
ludovico einaudi | classical | nuvole bianche; una mattina; experience | divenire
eminem | hip hop | lose yourself; stan; without me | recovery
kendrick lamar | hip hop | humble; alright; money trees | damn
jay z | hip hop | empire state of mind; hard knock life | the blueprint
lauryn hill | hip hop | doo wop; ex factor | the miseducation of lauryn hill
sade | soul | smooth operator; no ordinary love; by your side | diamond life; love deluxe
amy winehouse | soul | rehab; back to black; valerie | back to black; frank
frank sinatra | jazz | my way; fly me to the moon; new york new york | in the wee small hours
nat king cole | jazz | unforgettable; nature boy; l o v e | unforgettable
disney cast | children | let it go; how far i'll go; we don't talk about bruno; surface pressure | frozen; moana; encanto
the wiggles | children | hot potato; fruit salad; rock a bye your bear | yummy yummy
charlie puth | pop | we don't talk anymore; attention; see you again | voicenotes
imagine dragons | rock | believer; radioactive; thunder; demons | evolve; night visions
of monsters and men | folk | little talks; dirty paws | beneath the skin
toto | rock | africa; rosanna; hold the line | toto four
journey | rock | don't stop believin'; faithfully | escape
a ha | pop | take on me; the sun always shines on tv | hunting high and low
"""  # noqa: E501  (one line a work reads best)

FILMS = """
harry potter; the lord of the rings; the hobbit; star wars; the empire strikes back; jurassic park; titanic; avatar; frozen
moana; encanto; toy story; finding nemo; the lion king; aladdin; beauty and the beast; the little mermaid; mulan; coco; up
inside out; ratatouille; shrek; the matrix; inception; interstellar; dune; blade runner; alien; the terminator; gladiator
the godfather; casablanca; the shining; jaws; rocky; top gun; grease; mamma mia; la la land; the greatest showman; chicago
cats; the wizard of oz; mary poppins; the sound of music; the jungle book; peter pan; paddington; matilda; the grinch
charlie and the chocolate factory; the martian; gone girl; the great gatsby; pride and prejudice; little women; emma
the hunger games; twilight; the da vinci code; the green mile; it; misery; carrie; fight club; forrest gump; purple rain
help; yellow submarine; the wall; the bodyguard; a star is born; bohemian rhapsody; rocket man; moonlight; skyfall
casino royale; goldfinger; mission impossible; the bourne identity; the dark knight; batman; superman; spider man
black panther; iron man; the avengers; wonder woman; barbie; oppenheimer; parasite; amelie; spirited away; my neighbor totoro
home alone; elf; love actually; notting hill; groundhog day; back to the future; ghostbusters; the goonies; e t
indiana jones; pirates of the caribbean; the princess bride; the notebook; life of pi; the road; the help; hidden figures
arrival; the call of the wild; treasure island; frankenstein; dracula; the invisible man; war of the worlds; the time machine
"""  # noqa: E501  (one line a work reads best)

SERIES = """
the crown; stranger things; friends; the office; breaking bad; sherlock; game of thrones; the witcher; doctor who; bluey
the simpsons; planet earth; blue planet; the great british bake off; top gear; fargo; the queen's gambit; the last of us
the mandalorian; star trek; wednesday; good omens; pride and prejudice; war and peace; the handmaid's tale; dune prophecy
"""  # noqa: E501  (one line a work reads best)

# title | author
BOOKS = """
harry potter | j k rowling
the lord of the rings | j r r tolkien
the hobbit | j r r tolkien
dune | frank herbert
the martian | andy weir
project hail mary | andy weir
gone girl | gillian flynn
the great gatsby | f scott fitzgerald
pride and prejudice | jane austen
emma | jane austen
persuasion | jane austen
little women | louisa may alcott
the hunger games | suzanne collins
twilight | stephenie meyer
the da vinci code | dan brown
the green mile | stephen king
it | stephen king
misery | stephen king
carrie | stephen king
the shining | stephen king
fight club | chuck palahniuk
forrest gump | winston groom
the jungle book | rudyard kipling
peter pan | j m barrie
paddington | michael bond
matilda | roald dahl
charlie and the chocolate factory | roald dahl
the wizard of oz | l frank baum
mary poppins | p l travers
jurassic park | michael crichton
the godfather | mario puzo
jaws | peter benchley
life of pi | yann martel
the road | cormac mccarthy
the help | kathryn stockett
hidden figures | margot lee shetterly
the call of the wild | jack london
treasure island | robert louis stevenson
frankenstein | mary shelley
dracula | bram stoker
the invisible man | h g wells
war of the worlds | h g wells
the time machine | h g wells
war and peace | leo tolstoy
the handmaid's tale | margaret atwood
the witcher | andrzej sapkowski
game of thrones | george r r martin
good omens | terry pratchett
the queen's gambit | walter tevis
the princess bride | william goldman
the notebook | nicholas sparks
casino royale | ian fleming
goldfinger | ian fleming
the bourne identity | robert ludlum
moby dick | herman melville
jane eyre | charlotte bronte
wuthering heights | emily bronte
great expectations | charles dickens
a christmas carol | charles dickens
oliver twist | charles dickens
the count of monte cristo | alexandre dumas
sapiens | yuval noah harari
educated | tara westover
becoming | michelle obama
atomic habits | james clear
the alchemist | paulo coelho
the secret garden | frances hodgson burnett
alice in wonderland | lewis carroll
the wind in the willows | kenneth grahame
winnie the pooh | a a milne
the gruffalo | julia donaldson
sherlock holmes | arthur conan doyle
murder on the orient express | agatha christie
the name of the wind | patrick rothfuss
the odyssey | homer
"""

PODCASTS = """
serial; radiolab; the daily; this american life; desert island discs; the rest is history; freakonomics radio; planet money
hidden brain; ninety nine percent invisible; in our time; the moth
"""  # noqa: E501  (one line a work reads best)
